// The clinic's settings from the center, its operators' sessions, and the files it imported.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "ecg/v1/clinic.pb.h"
#include "ecg/v1/exchange.pb.h"

#include "gateway/spool/spool.h"

namespace ecg::spool {

// Durable before it answers. Settings of a lower revision than those stored are ignored. Ends the sessions of
// operators who have another password now or are gone.
Result<void> store_settings(Spool& spool, const ecg::v1::SiteSettings& settings);
// Empty settings when the center has not sent any yet.
Result<ecg::v1::SiteSettings> load_settings(Spool& spool);

// A small value under a name, for what has no table of its own; empty when absent.
Result<void> store_value(Spool& spool, const std::string& name, const std::string& value);
Result<std::string> load_value(Spool& spool, const std::string& name);

struct OperatorSession {
  std::string operator_id;
  Timestamp begun_at;
  Timestamp used_at;
};
inline constexpr std::chrono::hours kOperatorSessionLifetime{12};
// Sessions are kept by the digest of their token, so that the file holds nothing one could sign in with.
// verified: as the operator was when the password was checked. Also forgets sessions past their lifetime.
// Errors: kSignInRefused (password changed or operator gone since).
Result<void> begin_session(Spool& spool, const std::string& token_sha256, const ecg::v1::Operator& verified);
Result<std::optional<OperatorSession>> find_session(Spool& spool, const std::string& token_sha256);
// Never blocks.
void touch_session(Spool& spool, const std::string& token_sha256);
Result<void> end_session(Spool& spool, const std::string& token_sha256);

Result<void> store_import(Spool& spool, const ecg::v1::ImportedFile& file);
Result<std::vector<ecg::v1::ImportedFile>> list_imports(Spool& spool, std::size_t limit);

}  // namespace ecg::spool
