// Takes away from the calling process everything but computing and its open descriptors.
#pragma once

#include "common/formats/sandbox/sandbox.h"

namespace ecg::formats {

// False in builds with AddressSanitizer or ThreadSanitizer: their run time needs an address space and system
// calls that the confinement forbids. Such builds only limit processor time and file sizes.
bool full_confinement();

// From here on: address space and processor time limited, no file can be written or opened, no core dump, and
// a system call outside a short list (read, write, memory, exit) kills the process. Cannot be undone.
// limits.wall is the parent's business. Errors: kInternal, when the kernel refuses; the process must then not
// go on.
Result<void> confine_process(const SandboxLimits& limits);

}  // namespace ecg::formats
