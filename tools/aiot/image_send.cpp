// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "aiot/link/image_sender.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/descriptor_transport.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

struct SendOptions {
  std::string path;
  std::string device;
  std::string socket;
};

int open_device(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios line{};
  if (descriptor >= 0 && tcgetattr(descriptor, &line) == 0) {
    cfmakeraw(&line);
    (void)cfsetspeed(&line, B115200);
    (void)tcsetattr(descriptor, TCSANOW, &line);
  }
  return descriptor;
}

int open_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return -1;
  }
  std::copy(path.begin(), path.end(), std::begin(address.sun_path));
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor >= 0 &&
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(descriptor);
    return -1;
  }
  return descriptor;
}

std::string words(const link::ImageSender& sender) {
  switch (sender.problem()) {
    case link::ImageSendProblem::kNoAnswer:
      return "the device does not answer; is it connected and waiting for an image?";
    case link::ImageSendProblem::kRefused:
      return "the device refused the image, reason " + std::to_string(sender.reason());
    case link::ImageSendProblem::kDeviceFailed:
      return std::string("the device failed: ") + to_string(static_cast<Error>(sender.reason()));
    case link::ImageSendProblem::kOfferTooLarge:
      return "the device has too little memory for the image's signatures";
    case link::ImageSendProblem::kNoProgress:
      return "the device begins again and again; is another sender at work?";
    case link::ImageSendProblem::kOtherVersion:
      return "the device speaks another version of the protocol";
    default:
      return "the device wants bytes that the image does not have";
  }
}

ExitCode send(const SendOptions& options) {
  std::ifstream file(options.path, std::ios::binary);
  const std::vector<char> read{std::istreambuf_iterator<char>(file), {}};
  const Bytes image = as_bytes(read.data(), read.size());
  constexpr std::size_t kHeader = 32;
  const std::uint64_t end = image.size() < kHeader
                                ? image.size()
                                : std::uint64_t{load_le16(&image[8])} + load_le32(&image[12]);
  if (!file || end >= image.size() || image.size() - end + kHeader > link::ImageSender::kMaxOffer) {
    return fail(options.path + ": is no image; make one with aiot image sign");
  }
  std::vector<std::byte> offer(image.begin(), image.begin() + kHeader);
  offer.insert(offer.end(), image.begin() + static_cast<std::ptrdiff_t>(end), image.end());
  const std::string& place = options.device.empty() ? options.socket : options.device;
  const int descriptor = options.device.empty() ? open_socket(place) : open_device(place);
  if (descriptor < 0) {
    return fail(place + ": " + std::strerror(errno));
  }
  linux_port::DescriptorTransport link(descriptor);
  const linux_port::MonotonicClock clock;
  link::ImageSender sender(offer, image, std::random_device{}(), clock.now(), {});
  bool lost = false;
  while (!lost && sender.state() < link::ImageSendState::kDone) {
    lost = !sender.exchange(link, clock.now()).ok();
    if (sender.output().empty()) {
      (void)usleep(500);
    }
  }
  ::close(descriptor);
  if (sender.state() == link::ImageSendState::kDone) {
    std::printf("%s: %zu bytes sent and accepted\n", options.path.c_str(), image.size());
    return ExitCode::kOk;
  }
  return fail(place + ": " + (lost ? std::string("the link is lost") : words(sender)));
}

}  // namespace

void add_image_send(CLI::App& image, ExitCode& exit) {
  CLI::App* const verb = image.add_subcommand("send", "Sends an image to a device");
  const auto options = std::make_shared<SendOptions>();
  verb->add_option("image", options->path, "The image")->required();
  CLI::Option* const device = verb->add_option("--device", options->device, "Serial, 115200 baud");
  verb->add_option("--socket", options->socket, "Unix socket")->excludes(device);
  verb->callback([options, &exit] {
    if (options->device.empty() && options->socket.empty()) {
      (void)fail("no device; use --device or --socket");
      exit = ExitCode::kUsage;
      return;
    }
    exit = send(*options);
  });
}

}  // namespace aiot::cli
