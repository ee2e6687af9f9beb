// Figures for the administrator's page.
#include "server/store/sqlite/columns.h"
#include "server/store/sqlite/transaction.h"

namespace ecg::store {

Result<std::vector<QueueFigures>> SqliteSnapshot::queue_figures() const {
  std::vector<QueueFigures> figures;
  for (const auto priority : domain::kPriorities) figures.push_back({priority, 0, 0, std::nullopt});
  auto query = prepare(
      "SELECT priority, state IN ('QUEUED','REFERRED'), count(*), min(received_at) FROM study "
      "WHERE state IN ('QUEUED','REFERRED','ASSIGNED','READING') GROUP BY 1, 2");
  for (;;) {
    ECG_ASSIGN(const bool row, query.step());
    if (!row) return figures;
    auto& figure = figures.at(static_cast<std::size_t>(query.integer(0)));
    const auto count = static_cast<std::uint32_t>(query.integer(2));
    if (query.flag(1)) {
      figure.waiting = count;
      figure.oldest_received_at = query.optional_time(3);
    } else {
      figure.being_read = count;
    }
  }
}

Result<std::vector<TurnaroundSample>> SqliteSnapshot::turnaround_since(Timestamp since) const {
  auto query = prepare(
      "SELECT s.priority, s.received_at, s.opened_at, r.signed_at, r.delivered_at FROM study s "
      "LEFT JOIN report r ON r.study=s.id AND r.version=1 WHERE s.received_at>=?");
  query.bind(since);
  std::vector<TurnaroundSample> samples;
  for (;;) {
    ECG_ASSIGN(const bool row, query.step());
    if (!row) return samples;
    Columns c(query);
    TurnaroundSample sample;
    sample.priority = c.number(domain::Priority::kScreening);
    sample.received_at = c.time();
    sample.opened_at = c.optional_time();
    sample.first_signed_at = c.optional_time();
    sample.delivered_at = c.optional_time();
    samples.push_back(sample);
  }
}

Result<std::uint32_t> SqliteSnapshot::studies_since(const SiteId& site, Timestamp since) const {
  auto query = prepare("SELECT count(*) FROM study WHERE site=? AND created_at>=?");
  query.bind(site, since);
  ECG_ASSIGN(const bool row, query.step());
  return row ? static_cast<std::uint32_t>(query.integer(0)) : 0U;
}

Result<OpenCritical> SqliteSnapshot::open_critical_figures() const {
  auto query =
      prepare("SELECT count(*), min(detected_at) FROM critical WHERE state NOT IN ('CLOSED','REFUTED')");
  ECG_ASSIGN(const bool row, query.step());
  if (!row) return OpenCritical{};
  return OpenCritical{static_cast<std::uint32_t>(query.integer(0)), query.optional_time(1)};
}

Result<std::uint64_t> SqliteSnapshot::study_count() const {
  auto query = prepare("SELECT count(*) FROM study");
  ECG_ASSIGN(const bool row, query.step());
  return row ? static_cast<std::uint64_t>(query.integer(0)) : 0;
}

}  // namespace ecg::store
