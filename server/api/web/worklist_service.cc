#include <charconv>
#include <string>
#include <vector>

#include "ecg/v1/worklist.pb.h"

#include "common/base/limits.h"
#include "server/api/web/projection.h"
#include "server/api/web/scope.h"
#include "server/api/web/services.h"
#include "server/api/web/timestamps.h"

namespace ecg::web {
namespace {

constexpr std::size_t kStudiesPageDefault = 100;
constexpr Duration kMineWindow = std::chrono::hours{24};

template <class Rows>
Result<void> add_rows(const store::Snapshot& snapshot, const std::vector<store::StudyRecord>& studies,
                      Rows& rows) {
  SiteNames sites(snapshot);
  for (const auto& study : studies) {
    ECG_ASSIGN(*rows.Add(), study_summary(snapshot, study, sites));
  }
  return {};
}

Result<v1::ListWorklistResponse> list_worklist(const Parts& parts, const net::Caller& caller,
                                               const v1::ListWorklistRequest& request) {
  ECG_ASSIGN(const SiteId site, scope_of(caller, request.site_id()));
  const Timestamp now = parts.clock.now();
  v1::ListWorklistResponse response;
  put(now, *response.mutable_as_of());
  ECG_TRY(parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    if (request.scope() == v1::WORKLIST_SCOPE_MINE) {
      ECG_ASSIGN(const auto mine, snapshot.studies_of_reader(PersonId{caller.id}, now - kMineWindow,
                                                             limits::kWorklistPageMax));
      response.set_total(static_cast<std::uint32_t>(mine.size()));
      return add_rows(snapshot, mine, *response.mutable_studies());
    }
    store::WorklistQuery query;
    query.site = site;
    query.being_read = request.scope() != v1::WORKLIST_SCOPE_WAITING;
    ECG_ASSIGN(const auto page, snapshot.worklist(query));
    response.set_total(static_cast<std::uint32_t>(page.total));
    return add_rows(snapshot, page.studies, *response.mutable_studies());
  }));
  return response;
}

Result<std::uint64_t> page_start(const std::string& token) {
  if (token.empty()) return UINT64_MAX;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (error != std::errc{} || end != token.data() + token.size()) {
    return Error{ErrorCode::kInvalidField, "page_token"};
  }
  return number;
}

Result<v1::ListStudiesResponse> list_studies(const Parts& parts, const net::Caller& caller,
                                             const v1::ListStudiesRequest& request) {
  store::StudiesQuery query;
  ECG_ASSIGN(query.site, scope_of(caller, request.site_id()));
  ECG_ASSIGN(query.before_number, page_start(request.page_token()));
  if (request.page_size() > limits::kWorklistPageMax) return Error{ErrorCode::kInvalidField, "page_size"};
  query.limit = request.page_size() == 0 ? kStudiesPageDefault : request.page_size();
  for (const int code : request.states()) {
    const auto state = study_state(static_cast<v1::StudyState>(code));
    if (state == domain::StudyState::kAbsent) return Error{ErrorCode::kInvalidField, "states"};
    query.states.push_back(state);
  }
  v1::ListStudiesResponse response;
  ECG_TRY(parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto page, snapshot.studies(query));
    if (page.size() == query.limit) response.set_next_page_token(std::to_string(page.back().number));
    return add_rows(snapshot, page, *response.mutable_studies());
  }));
  return response;
}

}  // namespace

void add_worklist_service(net::Registry& registry, const Parts& parts) {
  registry.unary<v1::ListWorklistRequest, v1::ListWorklistResponse>(
      "ecg.v1.WorklistService/ListWorklist", [&parts](net::CallContext& context, const auto& request) {
        return list_worklist(parts, context.caller, request);
      });
  registry.unary<v1::ListStudiesRequest, v1::ListStudiesResponse>(
      "ecg.v1.WorklistService/ListStudies", [&parts](net::CallContext& context, const auto& request) {
        return list_studies(parts, context.caller, request);
      });
}

}  // namespace ecg::web
