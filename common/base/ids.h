// Identities. Each kind of thing has its own type, so that a study's id cannot be passed where a site's is
// meant.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

#include "common/base/random.h"

namespace ecg {

template <class Tag>
struct Id {
  std::string value;
  Id() = default;
  explicit Id(std::string v) : value(std::move(v)) {}
  bool empty() const { return value.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
};

using StudyId = Id<struct StudyTag>;
using UploadId = Id<struct UploadTag>;
using SiteId = Id<struct SiteTag>;  // a short name chosen by the center: "baishi"
using GatewayId = Id<struct GatewayTag>;
using PersonId = Id<struct PersonTag>;
using PatientId = Id<struct PatientTag>;
using ReportId = Id<struct ReportTag>;
using SessionId = Id<struct SessionTag>;

// 26 characters of Crockford's base 32 over 128 random bits: unguessable, safe in URLs and file names.
std::string random_id(Random& random);
// True for what random_id makes; anything from outside is checked with this before it is used as a key.
bool is_random_id(std::string_view text);
// A site's short name: 2 to 32 of a-z, 0-9 and '-', beginning with a letter.
bool is_site_id(std::string_view text);

}  // namespace ecg

template <class Tag>
struct std::hash<ecg::Id<Tag>> {
  std::size_t operator()(const ecg::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.value); }
};
