// Effects of the life cycle as text, the form in which the outbox keeps them: "DELIVER_REPORT 2".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/domain/effect.h"

namespace ecg::store {

std::string to_text(const domain::Effect& effect);
// Empty for anything that to_text does not give.
std::optional<domain::Effect> parse_effect(std::string_view text);

}  // namespace ecg::store
