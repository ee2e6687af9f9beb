// Checking a password against the hash the center sent.
#pragma once

#include <string>

namespace ecg::clinic {

// encoded: Argon2id in its standard encoded form; anything else answers false. Takes as long as the hash's
// own parameters say (about 0.1 s); at most two run at once, others wait.
bool password_matches(const std::string& encoded, const std::string& password);

}  // namespace ecg::clinic
