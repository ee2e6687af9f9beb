#include "gateway/clinic/clinic_state.h"

#include <ctime>

#include "gateway/inbox/projection.h"
#include "gateway/spool/site.h"
#include "gateway/spool/studies.h"

namespace ecg::clinic {
namespace {

void set_time(google::protobuf::Timestamp& out, Timestamp t) {
  const std::int64_t us = to_micros(t);
  out.set_seconds(us / 1'000'000);
  out.set_nanos(static_cast<std::int32_t>(us % 1'000'000) * 1000);
}

}  // namespace

Timestamp start_of_local_day(Timestamp now) {
  const std::time_t seconds = to_micros(now) / 1'000'000;
  std::tm local{};
  if (::localtime_r(&seconds, &local) == nullptr) return std::chrono::floor<std::chrono::days>(now);
  local.tm_hour = local.tm_min = local.tm_sec = 0;
  local.tm_isdst = -1;
  return from_micros(static_cast<std::int64_t>(std::mktime(&local)) * 1'000'000);
}

Result<ecg::v1::ClinicState> clinic_state(const ClinicParts& parts, const std::string& operator_name) {
  const Timestamp now = parts.spool.clock().now();
  ECG_ASSIGN(const auto settings, spool::load_settings(parts.spool));
  ECG_ASSIGN(const auto counts, spool::count_studies(parts.spool, start_of_local_day(now)));
  ECG_ASSIGN(const auto usage, parts.spool.usage());
  const uplink::LineStatus line = parts.line.status();
  ecg::v1::ClinicState out;
  out.set_site_id(parts.site_id);
  out.set_site_name(settings.site_name().empty() ? parts.site_name : settings.site_name());
  out.set_center_name(settings.center_name());
  out.set_duty_phone(settings.duty_phone());
  out.set_line(line.state);
  set_time(*out.mutable_line_since(), line.since);
  out.set_line_error_code(line.error_code);
  out.set_unsent_studies(static_cast<std::uint32_t>(counts.unsent));
  out.set_device_connected(parts.station.connected());
  if (parts.source != nullptr) {
    out.set_device_name(parts.source->name());
    out.set_device_is_simulator(parts.source->is_simulator());
    out.set_scenario(parts.source->scenario());
  }
  out.set_studies_today(static_cast<std::uint32_t>(counts.studies_since));
  out.set_reports_today(static_cast<std::uint32_t>(counts.reports_since));
  out.set_spool_used_fraction(usage.used_fraction);
  out.set_clock_offset_ms(line.clock_offset_ms);
  out.set_clock_uncertainty_ms(line.clock_uncertainty_ms);
  out.set_operator_name(operator_name);
  set_time(*out.mutable_now(), now);
  out.set_enrolled(parts.enrolled);
  out.set_watch_folder(parts.watch_folder);
  return out;
}

Result<std::vector<ecg::v1::ClinicStudy>> clinic_studies(spool::Spool& spool, std::size_t limit) {
  ECG_ASSIGN(const auto rows, spool::list_studies(spool, start_of_local_day(spool.clock().now()), limit));
  std::vector<ecg::v1::ClinicStudy> studies;
  studies.reserve(rows.size());
  for (const auto& row : rows) studies.push_back(inbox::to_clinic_study(row));
  return studies;
}

}  // namespace ecg::clinic
