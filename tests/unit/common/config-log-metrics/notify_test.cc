#include "common/base/notify.h"

#include <cstring>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace ecg {
namespace {

TEST(Notify, ReadyReachesTheSupervisorsSocket) {
  std::string pattern = (std::filesystem::temp_directory_path() / "ecg-notify-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const std::string path = (folder / "s").string();
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  EXPECT_TRUE(notify::ready());
  char text[64] = {};
  EXPECT_EQ(::recv(fd, text, sizeof text, 0), 7);
  EXPECT_STREQ(text, "READY=1");
  ::close(fd);
  EXPECT_FALSE(notify::ready());
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_FALSE(notify::ready());
  std::filesystem::remove_all(folder);
}

TEST(Notify, WatchdogIntervalIsHalfOfWhatTheUnitAsks) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(notify::watchdog_interval(), std::chrono::seconds(15));
  ::setenv("WATCHDOG_USEC", "soon", 1);
  EXPECT_EQ(notify::watchdog_interval(), std::nullopt);
  ::unsetenv("WATCHDOG_USEC");
  EXPECT_EQ(notify::watchdog_interval(), std::nullopt);
}

}  // namespace
}  // namespace ecg
