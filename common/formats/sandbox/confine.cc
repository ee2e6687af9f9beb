#include "common/formats/sandbox/confine.h"

#include <memory>

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace ecg::formats {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

Error refused(const char* what) {
  return {ErrorCode::kInternal, "import", what};
}

bool limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  return ::setrlimit(resource, &both) == 0;
}

// Memory may be had, but not from files and never executable.
bool allow_memory(scmp_filter_ctx filter) {
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                          SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

Result<void> restrict_system_calls() {
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_KILL_PROCESS),
                                                                seccomp_release);
  if (!filter) return refused("seccomp_init");
  constexpr int kAllowed[] = {
      SCMP_SYS(read),      SCMP_SYS(write),          SCMP_SYS(exit),           SCMP_SYS(exit_group),
      SCMP_SYS(brk),       SCMP_SYS(munmap),         SCMP_SYS(mremap),         SCMP_SYS(madvise),
      SCMP_SYS(futex),     SCMP_SYS(rt_sigreturn),   SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime),
      SCMP_SYS(getrandom), SCMP_SYS(restart_syscall)};
  for (const int call : kAllowed)
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0) return refused("seccomp_rule_add");
  if (!allow_memory(filter.get())) return refused("seccomp_rule_add");
  if (seccomp_load(filter.get()) != 0) return refused("seccomp_load");
  return {};
}

}  // namespace

bool full_confinement() {
  return !kSanitized;
}

Result<void> confine_process(const SandboxLimits& limits) {
  if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, 0) ||
      !limit(RLIMIT_CPU, static_cast<rlim_t>(limits.cpu.count())))
    return refused("setrlimit");
  if (kSanitized) return {};
  if (!limit(RLIMIT_AS, limits.memory_bytes) || !limit(RLIMIT_NOFILE, 3)) return refused("setrlimit");
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return refused("prctl");
  return restrict_system_calls();
}

}  // namespace ecg::formats
