// Reports, their PDFs, and what is on its way to a clinic.
#include "server/store/sqlite/columns.h"
#include "server/store/sqlite/transaction.h"

namespace ecg::store {

namespace {

using sqlite::Blob;

#define ECG_REPORT_COLUMNS                                                                                 \
  "study,version,site,status,signer,signed_at,report,delivery,pending_since,delivered_at,acknowledged_at," \
  "acknowledged_by,opened_by"

ReportRecord report(Columns& c) {
  ReportRecord r;
  r.study = c.id<StudyId>();
  r.version = c.small();
  r.site = c.id<SiteId>();
  r.status = c.named(domain::parse_report_status, domain::ReportStatus::kPreliminary);
  r.signer = c.id<PersonId>();
  r.signed_at = c.time();
  r.report = c.blob();
  r.delivery.state = c.named(domain::parse_delivery_state, domain::DeliveryState::kPending);
  r.delivery.pending_since = c.time();
  r.delivery.delivered_at = c.optional_time();
  r.delivery.acknowledged_at = c.optional_time();
  r.delivery.acknowledged_by = c.id<PersonId>();
  r.opened_by = c.text();
  return r;
}

constexpr const char* kDelivery = "id,site,kind,study,version,item,created_at,stored_at";

DeliveryRecord delivery(Columns& c) {
  DeliveryRecord r;
  r.id = c.text();
  r.site = c.id<SiteId>();
  r.kind = c.number(DeliveryKind::kSettings);
  r.study = c.id<StudyId>();
  r.version = c.small();
  r.item = c.blob();
  r.created_at = c.time();
  r.stored_at = c.optional_time();
  return r;
}

}  // namespace

Result<std::optional<ReportRecord>> SqliteSnapshot::find_report(const StudyId& study, int version,
                                                                PdfChoice pdf) const {
  auto query = prepare("SELECT " ECG_REPORT_COLUMNS
                       " FROM report WHERE study=? AND (version=? OR ?=0) ORDER BY version DESC LIMIT 1");
  query.bind(study, version, version);
  ECG_ASSIGN(auto found, find_row<ReportRecord>(query, report, "report of"));
  if (!found || pdf == PdfChoice::kWithout) return found;
  auto bytes = prepare("SELECT pdf FROM report_pdf WHERE study=? AND version=?");
  bytes.bind(study, found->version);
  ECG_ASSIGN(const bool row, bytes.step());
  if (row) found->pdf = bytes.blob(0);
  return found;
}

Result<std::vector<ReportRecord>> SqliteSnapshot::reports(const StudyId& study) const {
  auto query = prepare("SELECT " ECG_REPORT_COLUMNS " FROM report WHERE study=? ORDER BY version");
  query.bind(study);
  return all_rows<ReportRecord>(query, report, "report of");
}

Result<std::vector<ReportRecord>> SqliteSnapshot::reports_without_pdf(std::size_t limit) const {
  // The inner query walks the two primary keys only.
  auto query =
      prepare("SELECT " ECG_REPORT_COLUMNS
              " FROM report WHERE rowid IN (SELECT r.rowid FROM report r WHERE NOT EXISTS (SELECT 1 FROM "
              "report_pdf p WHERE p.study=r.study AND p.version=r.version)) ORDER BY signed_at LIMIT ?");
  query.bind(limit);
  return all_rows<ReportRecord>(query, report, "report of");
}

Result<std::optional<DeliveryRecord>> SqliteSnapshot::find_delivery(const std::string& id) const {
  static const std::string sql = std::string("SELECT ") + kDelivery + " FROM delivery WHERE id=?";
  auto query = prepare(sql);
  query.bind(id);
  return find_row<DeliveryRecord>(query, delivery, "delivery");
}

Result<std::vector<DeliveryRecord>> SqliteSnapshot::pending_deliveries(const SiteId& site,
                                                                       std::size_t limit) const {
  static const std::string sql =
      std::string("SELECT ") + kDelivery +
      " FROM delivery WHERE site=? AND stored_at IS NULL ORDER BY kind<>?, kind=?, number LIMIT ?";
  auto query = prepare(sql);
  query.bind(site, DeliveryKind::kCritical, DeliveryKind::kReport, limit);
  return all_rows<DeliveryRecord>(query, delivery, "delivery");
}

Result<std::uint32_t> SqliteSnapshot::undelivered_reports() const {
  auto query = prepare(
      "SELECT count(*) FROM report r WHERE delivery='PENDING' AND "
      "version=(SELECT max(version) FROM report WHERE study=r.study)");
  ECG_ASSIGN(const bool row, query.step());
  return row ? static_cast<std::uint32_t>(query.integer(0)) : 0U;
}

Result<void> SqliteTransaction::add_report(const ReportRecord& r) {
  const auto& d = r.delivery;
  ECG_TRY(prepare("INSERT OR IGNORE INTO report(" ECG_REPORT_COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)")
              .bind(r.study, r.version, r.site, domain::name(r.status), r.signer, r.signed_at, Blob{r.report},
                    domain::name(d.state), d.pending_since, d.delivered_at, d.acknowledged_at,
                    d.acknowledged_by, r.opened_by)
              .run());
  if (database_.changes() != 1) {
    return Error{ErrorCode::kAlreadyDone, r.study.value + " version " + std::to_string(r.version)};
  }
  if (r.pdf.empty()) return {};
  return put_report_pdf(r.study, r.version, r.pdf);
}

Result<void> SqliteTransaction::put_report_pdf(const StudyId& study, int version, const std::string& pdf) {
  return prepare("INSERT OR REPLACE INTO report_pdf(study,version,pdf) VALUES(?,?,?)")
      .bind(study, version, Blob{pdf})
      .run();
}

Result<void> SqliteTransaction::put_report_delivery(const StudyId& study, int version,
                                                    const domain::Delivery& d, const std::string& opened_by) {
  ECG_TRY(prepare("UPDATE report SET delivery=?, pending_since=?, delivered_at=?, acknowledged_at=?, "
                  "acknowledged_by=?, opened_by=? WHERE study=? AND version=?")
              .bind(domain::name(d.state), d.pending_since, d.delivered_at, d.acknowledged_at,
                    d.acknowledged_by, opened_by, study, version)
              .run());
  if (database_.changes() != 1)
    return Error{ErrorCode::kNotFound, study.value + " version " + std::to_string(version)};
  return {};
}

Result<void> SqliteTransaction::put_delivery(const DeliveryRecord& r) {
  static const std::string sql = upsert("delivery", kDelivery, "id");
  return prepare(sql)
      .bind(r.id, r.site, r.kind, r.study, r.version, Blob{r.item}, r.created_at, r.stored_at)
      .run();
}

}  // namespace ecg::store
