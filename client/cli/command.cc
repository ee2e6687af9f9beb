#include "client/cli/command.h"

#include <iostream>

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "common/base/file.h"

namespace ecg::cli {

void Command::print(const std::string& text) {
  std::cout << text << std::flush;
}

Result<std::string> read_text(const std::string& path) {
  if (path != "-") return read_file(path, 1 << 20);
  std::string text, line;
  while (std::getline(std::cin, line)) text += line + "\n";
  return text;
}

Result<void> write_new_file(const std::string& path, const std::string& bytes) {
  if (path == "-") {
    std::cout << bytes << std::flush;
    return {};
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return Error{errno == EEXIST ? ErrorCode::kFileExists : ErrorCode::kFileUnreadable, path};
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (n <= 0) break;
    written += static_cast<std::size_t>(n);
  }
  ::close(fd);
  if (written != bytes.size()) return Error{ErrorCode::kStorageFull, path};
  return {};
}

Result<std::string> read_password(const std::string& file, const std::string& prompt) {
  std::string line;
  if (!file.empty()) {
    ECG_ASSIGN(line, read_text(file));
    line = line.substr(0, line.find('\n'));
  } else if (isatty(STDIN_FILENO) != 0) {
    std::cerr << prompt << std::flush;
    termios old{};
    tcgetattr(STDIN_FILENO, &old);
    termios silent = old;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::getline(std::cin, line);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
    std::cerr << "\n";
  } else {
    std::getline(std::cin, line);
  }
  if (line.empty()) return Error{ErrorCode::kUsage, "an empty password"};
  return line;
}

}  // namespace ecg::cli
