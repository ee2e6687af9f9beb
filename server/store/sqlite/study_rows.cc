// Studies: life cycle, worklist, drafts, analyses, critical results.
#include "server/domain/timers.h"
#include "server/domain/worklist_order.h"
#include "server/store/sqlite/columns.h"
#include "server/store/sqlite/transaction.h"

namespace ecg::store {

namespace {

using sqlite::Blob;

// After the key, in the order in which study() and put_study() go through them.
#define ECG_STUDY_COLUMNS                                                                                   \
  "id,site,state,state_since,identity,quality,requested,priority,open_critical,not_analysed,ordered,"       \
  "partial,attempt,"                                                                                        \
  "signing,release_preliminary,pool,lease_holder,lease_token,lease_expires_at,lease_kind,last_token,first_" \
  "reader,"                                                                                                 \
  "final_reader,signed_token,report_version,report_status,acknowledged,escalations,ordered_at,acquired_at," \
  "received_at,opened_at,signed_at,upload,registration,analysis,duration_s,reader_name,created_at,return_"  \
  "reason"

#define ECG_STUDY_SELECT "SELECT " ECG_STUDY_COLUMNS ",number FROM study "

std::optional<domain::Lease> lease(Columns& c) {
  domain::Lease lease;
  const bool none = c.next_is_null();
  lease.holder = c.id<PersonId>();
  lease.token = c.natural();
  lease.expires_at = c.time();
  lease.kind = c.number(domain::LeaseKind::kReading);
  if (none) return std::nullopt;
  return lease;
}

domain::Study life_cycle_part(Columns& c) {
  domain::Study s;
  s.id = c.id<StudyId>();
  s.site = c.id<SiteId>();
  s.state = c.named(domain::parse_study_state, domain::StudyState::kAbsent);
  s.state_since = c.time();
  s.identity = c.named(domain::parse_identity_state, domain::IdentityState::kUnidentified);
  s.quality = c.named(domain::parse_quality_state, domain::QualityState::kUnknown);
  s.requested = c.number(domain::Priority::kScreening);
  s.priority = c.number(domain::Priority::kScreening);
  s.open_critical = c.optional_named(domain::parse_critical_tier);
  s.not_analysed = c.flag();
  s.ordered = c.flag();
  s.partial = c.flag();
  s.attempt = c.small();
  s.signing = c.number(domain::SigningPolicy::kTwoLevel);
  s.release_preliminary = c.flag();
  s.pool = c.number(domain::Pool::kExpert);
  s.lease = lease(c);
  s.last_token = c.natural();
  s.first_reader = c.id<PersonId>();
  s.final_reader = c.id<PersonId>();
  s.signed_token = c.natural();
  s.report_version = c.small();
  s.report_status = c.optional_named(domain::parse_report_status);
  s.acknowledged = c.flag();
  s.escalations = c.small();
  s.ordered_at = c.optional_time();
  s.acquired_at = c.optional_time();
  s.received_at = c.optional_time();
  s.opened_at = c.optional_time();
  s.signed_at = c.optional_time();
  return s;
}

StudyRecord study(Columns& c) {
  StudyRecord r;
  r.study = life_cycle_part(c);
  r.upload = c.id<UploadId>();
  r.registration = c.blob();
  r.analysis = c.number(AnalysisState::kFailed);
  r.duration_s = c.real();
  r.reader_name = c.text();
  r.created_at = c.time();
  r.return_reason = c.text();
  r.number = c.natural();
  return r;
}

template <class Enum>
std::optional<std::string_view> name_of(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return domain::name(*value);
}

CriticalRecord critical(Columns& c) {
  CriticalRecord r;
  r.study = c.id<StudyId>();
  r.site = c.id<SiteId>();
  r.result.tier = c.named(domain::parse_critical_tier, domain::CriticalTier::kCritical);
  r.result.state = c.named(domain::parse_critical_state, domain::CriticalState::kDetected);
  r.result.confirmed = c.flag();
  r.result.detected_at = c.time();
  r.result.confirmed_at = c.optional_time();
  r.result.notified_at = c.optional_time();
  r.result.acknowledged_at = c.optional_time();
  r.result.handled_at = c.optional_time();
  r.result.closed_at = c.optional_time();
  const std::string codes = c.text();
  for (std::size_t begin = 0; begin < codes.size();) {
    const std::size_t end = std::min(codes.find(' ', begin), codes.size());
    r.codes.push_back(codes.substr(begin, end - begin));
    begin = end + 1;
  }
  r.text = c.text();
  r.confirmed_by = c.id<PersonId>();
  r.confirmed_by_name = c.text();
  r.acknowledged_by = c.text();
  r.read_back = c.text();
  r.action = c.text();
  return r;
}

constexpr const char* kCritical =
    "study,site,tier,state,confirmed,detected_at,confirmed_at,notified_at,acknowledged_at,handled_at,closed_"
    "at,codes,"
    "text,confirmed_by,confirmed_by_name,acknowledged_by,read_back,action";

AnalysisRecord analysis(Columns& c) {
  AnalysisRecord r;
  r.study = c.id<StudyId>();
  r.attempt = c.small();
  r.analysis = c.blob();
  r.at = c.time();
  return r;
}

DraftRecord draft(Columns& c) {
  DraftRecord r;
  r.study = c.id<StudyId>();
  r.author = c.id<PersonId>();
  r.draft = c.blob();
  r.revision = c.natural();
  r.saved_at = c.time();
  return r;
}

std::string worklist_states(const WorklistQuery& query) {
  std::string states;
  const auto add = [&states](bool wanted, const char* names) {
    if (wanted) states += (states.empty() ? "" : ",") + std::string(names);
  };
  add(query.waiting, "'QUEUED','REFERRED'");
  add(query.being_read, "'ASSIGNED','READING'");
  add(query.to_confirm, "'PRELIMINARY'");
  return states;
}

}  // namespace

Result<std::optional<StudyRecord>> SqliteSnapshot::find_study(const StudyId& id) const {
  auto query = prepare(ECG_STUDY_SELECT "WHERE id=?");
  query.bind(id);
  return find_row<StudyRecord>(query, study, "study");
}

Result<WorklistPage> SqliteSnapshot::worklist(const WorklistQuery& wanted) const {
  WorklistPage page;
  const std::string states = worklist_states(wanted);
  if (states.empty()) return page;
  const std::string where = "WHERE state IN (" + states + ")" + (wanted.site.empty() ? "" : " AND site=?");
  auto query = prepare(ECG_STUDY_SELECT + where + " ORDER BY priority, due_at, received_at, id LIMIT ?");
  if (!wanted.site.empty()) query.bind(wanted.site);
  query.bind(std::min(wanted.limit, limits::kWorklistPageMax));
  ECG_ASSIGN(page.studies, all_rows<StudyRecord>(query, study, "study"));
  auto total = prepare("SELECT count(*) FROM study " + where);
  if (!wanted.site.empty()) total.bind(wanted.site);
  ECG_ASSIGN(const bool row, total.step());
  page.total = row ? static_cast<std::uint64_t>(total.integer(0)) : 0;
  return page;
}

Result<std::vector<StudyRecord>> SqliteSnapshot::studies(const StudiesQuery& wanted) const {
  std::string where = "WHERE number<?";
  if (!wanted.site.empty()) where += " AND site=?";
  for (std::size_t i = 0; i < wanted.states.size(); ++i) where += i == 0 ? " AND state IN (?" : ",?";
  if (!wanted.states.empty()) where += ")";
  auto query = prepare(ECG_STUDY_SELECT + where + " ORDER BY number DESC LIMIT ?");
  query.bind(static_cast<std::int64_t>(std::min<std::uint64_t>(wanted.before_number, INT64_MAX)));
  if (!wanted.site.empty()) query.bind(wanted.site);
  for (const auto state : wanted.states) query.bind(domain::name(state));
  query.bind(std::min(wanted.limit, limits::kWorklistPageMax));
  return all_rows<StudyRecord>(query, study, "study");
}

Result<std::vector<StudyRecord>> SqliteSnapshot::studies_of_reader(const PersonId& reader, Timestamp since,
                                                                   std::size_t limit) const {
  auto query = prepare(
      ECG_STUDY_SELECT
      "WHERE lease_holder=? OR (first_reader=? AND signed_at>=?) OR (final_reader=? AND signed_at>=?) "
      "ORDER BY number DESC LIMIT ?");
  query.bind(reader, reader, since, reader, since, limit);
  return all_rows<StudyRecord>(query, study, "study");
}

Result<std::vector<StudyRecord>> SqliteSnapshot::open_studies(const SiteId& site, std::size_t limit) const {
  auto query =
      prepare(ECG_STUDY_SELECT
              "WHERE site=? AND state NOT IN ('CLOSED','CANCELLED','REJECTED') ORDER BY number DESC LIMIT ?");
  query.bind(site, limit);
  return all_rows<StudyRecord>(query, study, "study");
}

Result<std::optional<CriticalRecord>> SqliteSnapshot::find_critical(const StudyId& id) const {
  static const std::string sql = std::string("SELECT ") + kCritical + " FROM critical WHERE study=?";
  auto query = prepare(sql);
  query.bind(id);
  return find_row<CriticalRecord>(query, critical, "critical result of");
}

Result<std::vector<CriticalRecord>> SqliteSnapshot::open_criticals(std::size_t limit) const {
  static const std::string sql =
      std::string("SELECT ") + kCritical +
      " FROM critical WHERE state NOT IN ('CLOSED','REFUTED') ORDER BY detected_at LIMIT ?";
  auto query = prepare(sql);
  query.bind(limit);
  return all_rows<CriticalRecord>(query, critical, "critical result of");
}

Result<std::optional<AnalysisRecord>> SqliteSnapshot::find_analysis(const StudyId& id) const {
  auto query =
      prepare("SELECT study,attempt,analysis,at FROM analysis WHERE study=? ORDER BY attempt DESC LIMIT 1");
  query.bind(id);
  return find_row<AnalysisRecord>(query, analysis, "analysis of");
}

Result<std::optional<DraftRecord>> SqliteSnapshot::find_draft(const StudyId& id) const {
  auto query = prepare("SELECT study,author,draft,revision,saved_at FROM draft WHERE study=?");
  query.bind(id);
  return find_row<DraftRecord>(query, draft, "draft of");
}

Result<void> SqliteTransaction::put_study(const StudyRecord& r) {
  static const std::string sql = upsert("study", ECG_STUDY_COLUMNS ",due_at", "id");
  const domain::Study& s = r.study;
  auto put = prepare(sql);
  put.bind(s.id, s.site, domain::name(s.state), s.state_since, domain::name(s.identity),
           domain::name(s.quality), s.requested, s.priority, name_of(s.open_critical), s.not_analysed,
           s.ordered, s.partial, s.attempt, s.signing, s.release_preliminary, s.pool);
  if (s.lease) {
    put.bind(s.lease->holder, s.lease->token, s.lease->expires_at, s.lease->kind);
  } else {
    put.bind(std::nullopt, std::nullopt, std::nullopt, std::nullopt);
  }
  put.bind(s.last_token, s.first_reader, s.final_reader, s.signed_token, s.report_version,
           name_of(s.report_status), s.acknowledged, s.escalations, s.ordered_at, s.acquired_at,
           s.received_at, s.opened_at, s.signed_at, r.upload, Blob{r.registration}, r.analysis, r.duration_s,
           r.reader_name, r.created_at, r.return_reason, domain::worklist_key(s).due_at);
  ECG_TRY(put.run());
  const auto timer = domain::next_timer(s);
  if (!timer) return erase_timer("study", s.id);
  return put_timer({"study", s.id, timer->at});
}

Result<void> SqliteTransaction::put_critical(const CriticalRecord& r) {
  static const std::string sql = upsert("critical", kCritical, "study");
  std::string codes;
  for (const auto& code : r.codes) codes += (codes.empty() ? "" : " ") + code;
  const auto& c = r.result;
  return prepare(sql)
      .bind(r.study, r.site, domain::name(c.tier), domain::name(c.state), c.confirmed, c.detected_at,
            c.confirmed_at, c.notified_at, c.acknowledged_at, c.handled_at, c.closed_at, codes, r.text,
            r.confirmed_by, r.confirmed_by_name, r.acknowledged_by, r.read_back, r.action)
      .run();
}

Result<void> SqliteTransaction::put_analysis(const AnalysisRecord& r) {
  static const std::string sql = upsert("analysis", "study,attempt,analysis,at", "study,attempt");
  return prepare(sql).bind(r.study, r.attempt, Blob{r.analysis}, r.at).run();
}

Result<void> SqliteTransaction::put_draft(const DraftRecord& r) {
  static const std::string sql = upsert("draft", "study,author,draft,revision,saved_at", "study");
  return prepare(sql).bind(r.study, r.author, Blob{r.draft}, r.revision, r.saved_at).run();
}

Result<void> SqliteTransaction::erase_draft(const StudyId& id) {
  return prepare("DELETE FROM draft WHERE study=?").bind(id).run();
}

}  // namespace ecg::store
