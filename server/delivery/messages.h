// What a clinic is told, made from what is stored.
#pragma once

#include "ecg/v1/exchange.pb.h"

#include "common/base/result.h"
#include "server/store/store.h"

namespace ecg::delivery {

struct CenterFacts {
  std::string name, duty_phone;
};

v1::StudyProgress progress_of(const store::StudyRecord& study,
                              const std::optional<store::CriticalRecord>& critical);

v1::CriticalNotice notice_of(const store::CriticalRecord& critical);

// Without revision. operators: those of the site who are not disabled.
v1::SiteSettings settings_of(const CenterFacts& center, const store::SiteRecord& site,
                             const std::vector<store::PersonRecord>& people);

// The report with its PDF. Errors: kStorageDamaged.
Result<v1::DeliveredReport> delivered_report(const store::ReportRecord& report);

}  // namespace ecg::delivery
