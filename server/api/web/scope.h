// Which studies a caller may see: all, or those of the caller's own site.
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/net/rpc.h"
#include "server/store/store.h"

namespace ecg::web {

// The site to ask the store for. Errors: kWrongSite when a caller of one site asks for another's.
inline Result<SiteId> scope_of(const net::Caller& caller, const std::string& asked) {
  if (caller.site_id.empty() || asked.empty() || asked == caller.site_id) {
    return SiteId{caller.site_id.empty() ? asked : caller.site_id};
  }
  return Error{ErrorCode::kWrongSite, "site " + asked};
}

// Errors: kNotFound, kWrongSite.
inline Result<store::StudyRecord> study_in_scope(const store::Snapshot& snapshot, const net::Caller& caller,
                                                 const std::string& id) {
  ECG_ASSIGN(auto found, snapshot.find_study(StudyId{id}));
  if (!found) return Error{ErrorCode::kNotFound, "study " + id};
  if (!caller.site_id.empty() && caller.site_id != found->study.site.value) {
    return Error{ErrorCode::kWrongSite, "study " + id};
  }
  return std::move(*found);
}

}  // namespace ecg::web
