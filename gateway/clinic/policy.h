// Who may call which method of the gateway. A method without a row is refused, and a test fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ecg::clinic {

enum class Access : std::uint8_t {
  kAnyone,    // whoever can open the page on this machine
  kOperator,  // a signed-in operator, or the Unix socket
};

// method: "ecg.v1.ClinicService/GetClinic". Empty: no row.
std::optional<Access> access_of(std::string_view method);

}  // namespace ecg::clinic
