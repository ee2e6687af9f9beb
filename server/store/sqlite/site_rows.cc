// Sites, gateways and enrolment codes.
#include "server/store/sqlite/columns.h"
#include "server/store/sqlite/transaction.h"

namespace ecg::store {

namespace {

using sqlite::Blob;

constexpr const char* kSite =
    "id,name,phone,signing,release_preliminary,machine_text_hidden,settings_revision,created_at";
constexpr const char* kGateway =
    "id,site,certificate_sha256,enrolled_at,expires_at,revoked_at,revoke_reason,last_heartbeat_at,heartbeat";
constexpr const char* kCode =
    "secret_sha256,site,created_at,expires_at,wrong_tries,ended,gateway,request_sha256,response";

SiteRecord site(Columns& c) {
  SiteRecord r;
  r.id = c.id<SiteId>();
  r.name = c.text();
  r.phone = c.text();
  r.signing = c.number(domain::SigningPolicy::kTwoLevel);
  r.release_preliminary = c.flag();
  r.machine_text_hidden = c.flag();
  r.settings_revision = c.natural();
  r.created_at = c.time();
  return r;
}

GatewayRecord gateway(Columns& c) {
  GatewayRecord r;
  r.id = c.id<GatewayId>();
  r.site = c.id<SiteId>();
  r.certificate_sha256 = c.blob();
  r.enrolled_at = c.time();
  r.expires_at = c.time();
  r.revoked_at = c.optional_time();
  r.revoke_reason = c.text();
  r.last_heartbeat_at = c.optional_time();
  r.heartbeat = c.blob();
  return r;
}

EnrolmentCodeRecord code(Columns& c) {
  EnrolmentCodeRecord r;
  r.secret_sha256 = c.blob();
  r.site = c.id<SiteId>();
  r.created_at = c.time();
  r.expires_at = c.time();
  r.wrong_tries = c.small();
  r.ended = c.flag();
  r.gateway = c.id<GatewayId>();
  r.request_sha256 = c.blob();
  r.response = c.blob();
  return r;
}

}  // namespace

Result<std::optional<SiteRecord>> SqliteSnapshot::find_site(const SiteId& id) const {
  static const std::string sql = std::string("SELECT ") + kSite + " FROM site WHERE id=?";
  auto query = prepare(sql);
  query.bind(id);
  return find_row<SiteRecord>(query, site, "site");
}

Result<std::vector<SiteRecord>> SqliteSnapshot::sites() const {
  static const std::string sql = std::string("SELECT ") + kSite + " FROM site ORDER BY id";
  auto query = prepare(sql);
  return all_rows<SiteRecord>(query, site, "site");
}

Result<std::optional<GatewayRecord>> SqliteSnapshot::find_gateway(const GatewayId& id) const {
  static const std::string sql = std::string("SELECT ") + kGateway + " FROM gateway WHERE id=?";
  auto query = prepare(sql);
  query.bind(id);
  return find_row<GatewayRecord>(query, gateway, "gateway");
}

Result<std::optional<GatewayRecord>> SqliteSnapshot::find_gateway_by_certificate(
    const std::string& sha256) const {
  static const std::string sql =
      std::string("SELECT ") + kGateway + " FROM gateway WHERE certificate_sha256=?";
  auto query = prepare(sql);
  query.bind(Blob{sha256});
  return find_row<GatewayRecord>(query, gateway, "gateway");
}

Result<std::vector<GatewayRecord>> SqliteSnapshot::gateways() const {
  static const std::string sql =
      std::string("SELECT ") + kGateway + " FROM gateway ORDER BY site, enrolled_at";
  auto query = prepare(sql);
  return all_rows<GatewayRecord>(query, gateway, "gateway");
}

Result<std::optional<EnrolmentCodeRecord>> SqliteSnapshot::find_enrolment_code(
    const std::string& secret_sha256) const {
  static const std::string sql =
      std::string("SELECT ") + kCode + " FROM enrolment_code WHERE secret_sha256=?";
  auto query = prepare(sql);
  query.bind(Blob{secret_sha256});
  return find_row<EnrolmentCodeRecord>(query, code, "enrolment code of");
}

Result<void> SqliteTransaction::put_site(const SiteRecord& r) {
  static const std::string sql = upsert("site", kSite, "id");
  return prepare(sql)
      .bind(r.id, r.name, r.phone, r.signing, r.release_preliminary, r.machine_text_hidden,
            r.settings_revision, r.created_at)
      .run();
}

Result<void> SqliteTransaction::put_gateway(const GatewayRecord& r) {
  static const std::string sql = upsert("gateway", kGateway, "id");
  return prepare(sql)
      .bind(r.id, r.site, Blob{r.certificate_sha256}, r.enrolled_at, r.expires_at, r.revoked_at,
            r.revoke_reason, r.last_heartbeat_at, Blob{r.heartbeat})
      .run();
}

Result<void> SqliteTransaction::put_heartbeat(const GatewayId& gateway_id, Timestamp at,
                                              const std::string& heartbeat) {
  return prepare("UPDATE gateway SET last_heartbeat_at=?, heartbeat=? WHERE id=?")
      .bind(at, Blob{heartbeat}, gateway_id)
      .run();
}

Result<void> SqliteTransaction::put_enrolment_code(const EnrolmentCodeRecord& r) {
  static const std::string sql = upsert("enrolment_code", kCode, "secret_sha256");
  return prepare(sql)
      .bind(Blob{r.secret_sha256}, r.site, r.created_at, r.expires_at, r.wrong_tries, r.ended, r.gateway,
            Blob{r.request_sha256}, Blob{r.response})
      .run();
}

Result<void> SqliteTransaction::end_enrolment_codes(const SiteId& site_id) {
  return prepare("UPDATE enrolment_code SET ended=1 WHERE site=?").bind(site_id).run();
}

}  // namespace ecg::store
