// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "aiot/link/image_sender.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/update/image.hpp"
#include "aiot/update/installer.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/descriptor_transport.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

constexpr useconds_t kPauseUs = 500;  // while the wire is silent

constexpr const char* kExamples =
    "Examples:\n"
    "  aiot image send node.img --device /dev/ttyACM0\n"
    "  aiot image send node.img --device /dev/ttyUSB1 --baud 921600 --timeout 60\n"
    "  aiot image send node.img --socket uart.sock      a wire of an emulator\n"
    "A transfer that was interrupted goes on where the device has everything durable.";

struct SendOptions {
  std::string path;
  std::string device;
  std::string socket;
  unsigned baud = 115'200;
  unsigned timeout_s = 30;
  bool json = false;
};

/// A descriptor that closes itself; below zero: errno says why there is none.
class Wire {
 public:
  explicit Wire(int descriptor) noexcept : descriptor_(descriptor) {}

  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  ~Wire() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

constexpr std::array<std::pair<unsigned, speed_t>, 8> kSpeeds{{{9600, B9600},
                                                               {19'200, B19200},
                                                               {38'400, B38400},
                                                               {57'600, B57600},
                                                               {115'200, B115200},
                                                               {230'400, B230400},
                                                               {460'800, B460800},
                                                               {921'600, B921600}}};

/// A serial device as it is for bytes: nothing is translated, nothing is waited for.
int open_device(const std::string& path, speed_t speed) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  termios line{};
  if (descriptor >= 0 && ::tcgetattr(descriptor, &line) == 0) {
    ::cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    if (::cfsetspeed(&line, speed) != 0 || ::tcsetattr(descriptor, TCSANOW, &line) != 0) {
      const int error = errno;
      ::close(descriptor);
      errno = error;
      return -1;
    }
  }
  return descriptor;
}

int open_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::copy(path.begin(), path.end(), std::begin(address.sun_path));
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor >= 0 &&
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    const int error = errno;
    ::close(descriptor);
    errno = error;
    return -1;
  }
  return descriptor;
}

/// What went wrong and what to do.
std::string words(const link::ImageSender& sender) {
  switch (sender.problem()) {
    case link::ImageSendProblem::kNoAnswer:
      return "the device does not answer; check that it is connected and takes images";
    case link::ImageSendProblem::kRefused:
      return std::string("the device refuses the image: ") + update::reason_text(sender.reason());
    case link::ImageSendProblem::kDeviceFailed:
      return std::string("the device failed: ") + to_string(static_cast<Error>(sender.reason())) +
             "; send the image again";
    case link::ImageSendProblem::kOfferTooLarge:
      return "the signatures of the image are too large for the device, which takes " +
             std::to_string(sender.room()) + " bytes; sign it with a smaller key";
    case link::ImageSendProblem::kNoProgress:
      return "the device begins again and again; stop other senders, or look why it restarts";
    case link::ImageSendProblem::kOtherVersion:
      return "the device speaks another version of the protocol; use the aiot of its firmware";
    default:
      return "the device wants bytes that the image does not have; send the image again";
  }
}

void show(Progress& progress, const link::ImageSender& sender, std::size_t size) {
  if (!progress.enabled()) {
    return;
  }
  switch (sender.state()) {
    case link::ImageSendState::kHello:
      progress.show("waiting for the device");
      break;
    case link::ImageSendState::kOffer:
      progress.show("the device looks at the offer");
      break;
    case link::ImageSendState::kFinish:
      progress.show("the device verifies the image");
      break;
    default:
      progress.show(size_text(sender.offset()) + " of " + size_text(size));
      break;
  }
}

ExitCode send(const SendOptions& options, speed_t speed) {
  const auto file = toolkit::read_file(options.path);
  if (!file.ok()) {
    return fail(file.problem().text);
  }
  const Bytes image(*file);
  std::vector<std::byte> offer(link::ImageSender::kMaxOffer);
  const Result<std::size_t> cut = update::make_offer(image, offer);
  if (!cut.ok()) {
    return fail(printable(options.path) +
                (cut.error() == Error::kNoSpace
                     ? ": its TLVs have more than 1024 bytes; sign it with fewer or smaller keys"
                     : ": is no image, or is cut; make one with aiot image sign"));
  }
  offer.resize(*cut);

  const bool serial = !options.device.empty();
  const std::string& place = serial ? options.device : options.socket;
  const Wire wire(serial ? open_device(place, speed) : open_socket(place));
  if (wire.descriptor() < 0) {
    return fail(printable(place) + ": " + std::generic_category().message(errno) +
                (serial ? "; check the device's name and permissions"
                        : "; check that the other side listens there"));
  }
  linux_port::DescriptorTransport link(wire.descriptor());
  const linux_port::MonotonicClock clock;
  link::ImageSendConfig config;
  config.longest_timeout = std::min(config.longest_timeout, Duration::from_s(options.timeout_s));
  config.attempts = std::max(
      1U, options.timeout_s / static_cast<unsigned>(config.longest_timeout.us / 1'000'000));
  link::ImageSender sender(offer, image, std::random_device{}(), clock.now(), config);
  Progress progress;
  while (sender.state() < link::ImageSendState::kDone) {
    if (!sender.exchange(link, clock.now()).ok()) {
      progress.clear();
      return fail(printable(place) + ": the link was lost; send the image again, it goes on");
    }
    show(progress, sender, image.size());
    (void)::usleep(kPauseUs);
  }
  progress.clear();
  if (sender.state() != link::ImageSendState::kDone) {
    return fail(printable(place) + ": " + words(sender));
  }
  if (options.json) {
    const nlohmann::json result = {{"image", options.path},
                                   {"bytes", image.size()},
                                   {"resumed_from", sender.resumed_from()},
                                   {"repetitions", sender.repetitions()}};
    std::printf("%s\n",
                result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  } else {
    std::printf("%s: sent from byte %u on, verified and installed by the device\n",
                printable(options.path).c_str(),
                static_cast<unsigned>(sender.resumed_from()));
  }
  return ExitCode::kOk;
}

ExitCode check_and_send(const SendOptions& options) {
  if (options.device.empty() && options.socket.empty()) {
    (void)fail("no device; use --device or --socket, and see aiot image send --help");
    return ExitCode::kUsage;
  }
  const auto* const speed = std::find_if(kSpeeds.begin(), kSpeeds.end(), [&](const auto& known) {
    return known.first == options.baud;
  });
  if (speed == kSpeeds.end()) {
    (void)fail("no speed of " + std::to_string(options.baud) +
               " baud; use 9600, 19200, 38400, 57600, 115200, 230400, 460800 or 921600");
    return ExitCode::kUsage;
  }
  return send(options, speed->second);
}

}  // namespace

void add_image_send(CLI::App& image, ExitCode& exit) {
  CLI::App* const verb = image.add_subcommand("send", "Offers an image to a device and sends it");
  verb->footer(kExamples);
  const auto options = std::make_shared<SendOptions>();
  verb->add_option("IMAGE", options->path, "The image")->required();
  CLI::Option* const device = verb->add_option("--device", options->device, "Serial device");
  verb->add_option("--socket", options->socket, "Unix socket")->excludes(device);
  verb->add_option("--baud", options->baud, "Speed of the serial device")->capture_default_str();
  verb->add_option("--timeout", options->timeout_s, "Seconds to wait for a silent device")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  verb->add_flag("--json", options->json, "Prints one JSON object");
  verb->callback([options, &exit] { exit = check_and_send(*options); });
}

}  // namespace aiot::cli
