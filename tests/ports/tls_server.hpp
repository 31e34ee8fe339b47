// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "ports/linux/tls_identity.hpp"
#include "tests/ports/local_server.hpp"
#include "tests/support/temp_dir.hpp"

/// Servers for the tests of TLS: OpenSSL's, because that is what brokers use, and one in the same
/// process whose every byte the test holds in its hands.
namespace aiot::test {

/// Certificates of tls_pki.sh, made once for all tests of a process.
class Pki {
 public:
  Pki() {
    const std::string script = std::string(AIOT_SOURCE_DIR) + "/tests/ports/tls_pki.sh";
    const std::string command =
        "cd '" + (dir_ / "") + "' && sh '" + script + "' >log 2>&1 </dev/null";
    // A shell is what is wanted.
    EXPECT_EQ(std::system(command.c_str()), 0) << content_of(dir_ / "log");
  }

  std::string operator/(const std::string& name) const { return dir_ / name; }

 private:
  TempDir dir_;
};

/// `openssl s_server` on loopback, which sends lines back reversed.
class OpensslServer {
 public:
  explicit OpensslServer(const std::vector<std::string>& options) {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    std::vector<std::string> words = {"openssl", "s_server", "-accept", "127.0.0.1:0", "-rev"};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files{};
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, pipe[1], 1);
    ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    EXPECT_EQ(::posix_spawnp(&process_, "openssl", &files, nullptr, arguments.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&files);
    ::close(pipe[1]);
    output_ = ::fdopen(pipe[0], "r");
    std::array<char, 256> line{};
    while (port_ == 0 && std::fgets(line.data(), line.size(), output_) != nullptr) {
      unsigned port = 0;
      if (std::sscanf(line.data(), "ACCEPT 127.0.0.1:%u", &port) == 1) {
        port_ = static_cast<std::uint16_t>(port);
      }
    }
    EXPECT_NE(port_, 0) << "openssl s_server did not start";
  }

  OpensslServer(const OpensslServer&) = delete;
  OpensslServer& operator=(const OpensslServer&) = delete;

  ~OpensslServer() {
    ::kill(process_, SIGKILL);
    (void)::waitpid(process_, nullptr, 0);
    (void)std::fclose(output_);
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  pid_t process_ = 0;
  std::FILE* output_ = nullptr;
  std::uint16_t port_ = 0;
};

/// What happens to the bytes of a TLS server; counted from the begin of the connection.
struct Trouble {
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  std::size_t close_after_sent = kNever;      ///< bytes
  std::size_t close_after_received = kNever;  ///< bytes
  std::size_t damaged = kNever;               ///< the byte sent whose bits are turned
  std::size_t at_once = kNever;               ///< most bytes that one call moves
};

/// A TLS server on one accepted connection; asks for a certificate. Never waits.
class TlsPeer {
 public:
  TlsPeer(Peer peer, const linux_port::TlsIdentity& identity, Trouble trouble)
      : peer_(std::move(peer)), trouble_(trouble) {
    ::mbedtls_entropy_init(&entropy_);
    ::mbedtls_ctr_drbg_init(&random_);
    ::mbedtls_ssl_config_init(&config_);
    ::mbedtls_ssl_init(&ssl_);
    EXPECT_EQ(::mbedtls_ctr_drbg_seed(&random_, ::mbedtls_entropy_func, &entropy_, nullptr, 0), 0);
    EXPECT_EQ(::mbedtls_ssl_config_defaults(&config_,
                                            MBEDTLS_SSL_IS_SERVER,
                                            MBEDTLS_SSL_TRANSPORT_STREAM,
                                            MBEDTLS_SSL_PRESET_DEFAULT),
              0);
    ::mbedtls_ssl_conf_rng(&config_, ::mbedtls_ctr_drbg_random, &random_);
    ::mbedtls_ssl_conf_ca_chain(&config_, identity.ca(), nullptr);
    ::mbedtls_ssl_conf_authmode(&config_, MBEDTLS_SSL_VERIFY_REQUIRED);
    EXPECT_EQ(::mbedtls_ssl_conf_own_cert(&config_, identity.certificate(), identity.key()), 0);
    EXPECT_EQ(::mbedtls_ssl_setup(&ssl_, &config_), 0);
    ::mbedtls_ssl_set_bio(&ssl_, this, push, pull, nullptr);
  }

  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  ~TlsPeer() {
    ::mbedtls_ssl_free(&ssl_);
    ::mbedtls_ssl_config_free(&config_);
    ::mbedtls_ctr_drbg_free(&random_);
    ::mbedtls_entropy_free(&entropy_);
  }

  hal::LinkState state() {
    if (!is_up_ && !is_lost_) {
      const int result = ::mbedtls_ssl_handshake(&ssl_);
      is_up_ = result == 0;
      lose_if(result);
    }
    if (is_lost_) {
      return hal::LinkState::kDown;
    }
    return is_up_ ? hal::LinkState::kUp : hal::LinkState::kConnecting;
  }

  /// The same bytes again until they are taken.
  Result<std::size_t> send(Bytes in) {
    return in.empty() ? 0
                      : moved(::mbedtls_ssl_write(
                            &ssl_, reinterpret_cast<const unsigned char*>(in.data()), in.size()));
  }

  Result<std::size_t> receive(MutableBytes out) {
    return moved(
        ::mbedtls_ssl_read(&ssl_, reinterpret_cast<unsigned char*>(out.data()), out.size()));
  }

  /// From now on.
  void trouble(Trouble trouble) noexcept { trouble_ = trouble; }

  void say_goodbye() { (void)::mbedtls_ssl_close_notify(&ssl_); }

  void close() noexcept {
    is_lost_ = true;
    peer_.close();
  }

  [[nodiscard]] std::size_t sent() const noexcept { return sent_; }

  [[nodiscard]] std::size_t received() const noexcept { return received_; }

 private:
  static bool is_later(int result) noexcept {
    return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE;
  }

  void lose_if(int result) noexcept {
    if (result < 0 && !is_later(result)) {
      close();  // what the library had to say is sent
    }
  }

  Result<std::size_t> moved(int result) noexcept {
    lose_if(result);
    if (result > 0) {
      return static_cast<std::size_t>(result);
    }
    return is_later(result) ? Result<std::size_t>(std::size_t{0}) : Error::kIo;
  }

  static int push(void* peer, const unsigned char* bytes, std::size_t size) {
    auto& self = *static_cast<TlsPeer*>(peer);
    size = std::min({size, self.trouble_.at_once, self.trouble_.close_after_sent - self.sent_});
    if (size == 0) {
      self.close();
      return MBEDTLS_ERR_SSL_CONN_EOF;
    }
    std::vector<unsigned char> copy(bytes, bytes + size);
    if (self.trouble_.damaged >= self.sent_ && self.trouble_.damaged < self.sent_ + size) {
      copy[self.trouble_.damaged - self.sent_] ^= 0xFFU;
    }
    const auto put = self.peer_.send(as_bytes(reinterpret_cast<const char*>(copy.data()), size));
    if (!put.ok()) {
      return MBEDTLS_ERR_SSL_CONN_EOF;
    }
    self.sent_ += *put;
    return *put == 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : static_cast<int>(*put);
  }

  static int pull(void* peer, unsigned char* bytes, std::size_t size) {
    auto& self = *static_cast<TlsPeer*>(peer);
    size = std::min(
        {size, self.trouble_.at_once, self.trouble_.close_after_received - self.received_});
    if (size == 0) {
      self.close();
      return MBEDTLS_ERR_SSL_CONN_EOF;
    }
    const auto got = self.peer_.receive({reinterpret_cast<std::byte*>(bytes), size});
    if (!got.ok()) {
      return MBEDTLS_ERR_SSL_CONN_EOF;
    }
    self.received_ += *got;
    return *got == 0 ? MBEDTLS_ERR_SSL_WANT_READ : static_cast<int>(*got);
  }

  Peer peer_;
  Trouble trouble_;
  mbedtls_entropy_context entropy_;
  mbedtls_ctr_drbg_context random_;
  mbedtls_ssl_config config_;
  mbedtls_ssl_context ssl_;
  std::size_t sent_ = 0;
  std::size_t received_ = 0;
  bool is_up_ = false;
  bool is_lost_ = false;
};

}  // namespace aiot::test
