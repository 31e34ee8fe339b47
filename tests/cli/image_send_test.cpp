// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// aiot image send: to a device at the other end of a socket, and what it says of one that does not
// want the image.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "aiot/link/image_transfer.hpp"
#include "aiot/update/installer.hpp"
#include "ports/linux/descriptor_transport.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"
#include "tests/update/sample_image.hpp"

namespace aiot::test {
namespace {

constexpr std::size_t kImageBytes = 8192;

/// A device that listens on a socket, and takes an image into memory or refuses it.
class SocketDevice {
 public:
  SocketDevice(const std::string& path, std::uint8_t refusal, std::uint32_t have)
      : refusal_(refusal), have_(have) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    thread_ = std::thread([this] { serve(); });
  }

  SocketDevice(const SocketDevice&) = delete;
  SocketDevice& operator=(const SocketDevice&) = delete;

  ~SocketDevice() { stop(); }

  void stop() {
    stop_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) {
      thread_.join();
      ::close(listener_);
    }
  }

  std::vector<std::byte> received;

 private:
  void serve() {
    const int wire = ::accept(listener_, nullptr, nullptr);
    if (wire < 0) {
      return;
    }
    std::array<std::byte, link::receiver_bytes(512, 512)> buffer{};
    link::ImageReceiver receiver(buffer);
    linux_port::DescriptorTransport transport(wire);
    // Text on the wire is not for the sender.
    (void)transport.send(as_bytes("boot: slot A\n", 13));
    while (!stop_ && receiver.exchange(transport).ok()) {
      answer(receiver);
      ::usleep(200);
    }
    ::close(wire);
  }

  void answer(link::ImageReceiver& receiver) {
    const link::ImageRequest& request = receiver.request();
    switch (request.ask) {
      case link::ImageAsk::kOffer:
        if (refusal_ != 0) {
          receiver.refuse(refusal_);
        } else {
          receiver.accept(have_);
        }
        break;
      case link::ImageAsk::kBlock: {
        received.insert(received.end(), request.bytes.begin(), request.bytes.end());
        receiver.accept(request.offset + static_cast<std::uint32_t>(request.bytes.size()));
        break;
      }
      case link::ImageAsk::kFinish:
        receiver.accept();
        break;
      default:
        break;
    }
  }

  std::uint8_t refusal_;
  std::uint32_t have_;
  int listener_ = -1;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// A signed image as a file.
std::vector<std::byte> sample() {
  std::vector<std::byte> memory(kImageBytes);
  update_test::SampleSpec spec;
  spec.payload_bytes = 5000;
  const Bytes image = update_test::make_sample(spec, memory);
  return {image.begin(), image.end()};
}

TEST(ImageSend, ReachesADeviceByteForByte) {
  const TempDir dir;
  const auto image = sample();
  dir.write("node.img", Bytes(image));
  SocketDevice device(dir / "wire", 0, 0);
  const Outcome sent = aiot("image send " + (dir / "node.img") + " --socket " + (dir / "wire"));
  device.stop();
  EXPECT_EQ(sent.exit_code, 0) << sent.err;
  EXPECT_TRUE(device.received == image);
}

TEST(ImageSend, GoesOnWhereTheDeviceIs) {
  const TempDir dir;
  const auto image = sample();
  dir.write("node.img", Bytes(image));
  SocketDevice device(dir / "wire", 0, 4096);
  const Outcome sent =
      aiot("image send " + (dir / "node.img") + " --json --socket " + (dir / "wire"));
  device.stop();
  ASSERT_EQ(sent.exit_code, 0) << sent.err;
  EXPECT_EQ(json_lines(sent.out).at(0).at("resumed_from"), 4096);
  EXPECT_TRUE(std::equal(
      device.received.begin(), device.received.end(), image.begin() + 4096, image.end()));
}

TEST(ImageSend, SaysWhyTheDeviceRefuses) {
  const TempDir dir;
  const auto image = sample();
  dir.write("node.img", Bytes(image));
  const auto reason =
      update::reason_of({update::InstallFault::kImage, update::ImageFault::kSignatureMismatch, 0});
  const SocketDevice device(dir / "wire", reason, 0);
  const Outcome sent = aiot("image send " + (dir / "node.img") + " --socket " + (dir / "wire"));
  EXPECT_EQ(sent.exit_code, 1);
  EXPECT_TRUE(is_one_line(sent.err)) << sent.err;
  EXPECT_TRUE(contains(sent.err, update::to_string(update::ImageFault::kSignatureMismatch)))
      << sent.err;
}

TEST(ImageSend, GivesUpOnASilentDeviceInTime) {
  const TempDir dir;
  const auto image = sample();
  dir.write("node.img", Bytes(image));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (dir / "wire").c_str(), sizeof(address.sun_path) - 1);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  const Outcome sent =
      aiot("image send " + (dir / "node.img") + " --timeout 1 --socket " + (dir / "wire"));
  ::close(listener);
  EXPECT_EQ(sent.exit_code, 1);
  EXPECT_TRUE(contains(sent.err, "does not answer")) << sent.err;
}

TEST(ImageSend, NamesWhatIsWrongWithItsArguments) {
  const TempDir dir;
  const auto image = sample();
  dir.write("node.img", Bytes(image));
  dir.write("text", std::string_view("not an image at all, but longer than a header is"));
  const std::string good = "image send " + (dir / "node.img");
  EXPECT_EQ(aiot(good).exit_code, 2);
  EXPECT_EQ(aiot(good + " --device /dev/null --baud 1234").exit_code, 2);
  EXPECT_EQ(aiot(good + " --device a --socket b").exit_code, 2);
  const Outcome nobody = aiot(good + " --socket " + (dir / "nobody"));
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_TRUE(contains(nobody.err, "No such file")) << nobody.err;
  const Outcome text = aiot("image send " + (dir / "text") + " --socket " + (dir / "nobody"));
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_TRUE(contains(text.err, "is no image")) << text.err;
  EXPECT_EQ(aiot("image send " + (dir / "missing") + " --socket x").exit_code, 1);
}

}  // namespace
}  // namespace aiot::test
