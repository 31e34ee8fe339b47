// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/tls_transport.hpp"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "ports/linux/broker_url.hpp"
#include "ports/linux/tcp_connector.hpp"
#include "ports/linux/tls_verdict.hpp"

namespace aiot::linux_port {
namespace {

using Phase = TcpConnector::Phase;

/// Forward secrecy and authenticated encryption only. Source: RFC 9325, 4.2.
constexpr std::array kCiphers = {
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    0,
};

constexpr std::size_t kRecord = 16384;  // the longest plain text of one record (RFC 5246, 6.2.1)

bool is_later(int result) noexcept {
  return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE;
}

std::string text_of(int result) {
  std::array<char, 160> text{};
  ::mbedtls_strerror(result, text.data(), text.size());
  return text.data();
}

}  // namespace

class TlsTransport::Session {
 public:
  Session() noexcept {
    ::mbedtls_entropy_init(&entropy_);
    ::mbedtls_ctr_drbg_init(&random_);
    ::mbedtls_ssl_config_init(&config_);
    ::mbedtls_ssl_init(&ssl_);
  }

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ~Session() {
    close();
    ::mbedtls_ctr_drbg_free(&random_);
    ::mbedtls_entropy_free(&entropy_);
  }

  Status load(const TlsFiles& files, std::string& message);
  Status connect(const std::string& host, std::uint16_t port, Duration limit);
  hal::LinkState step();
  Result<std::size_t> send(Bytes in);
  Result<std::size_t> receive(MutableBytes out);
  void wait(Duration limit);
  void close() noexcept;

  [[nodiscard]] const TcpConnector& connector() const noexcept { return connector_; }

 private:
  static int push(void* session, const unsigned char* bytes, std::size_t size);
  static int pull(void* session, unsigned char* bytes, std::size_t size);
  static int look(void* session, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags);

  int prepare();
  void handshake();
  [[nodiscard]] bool flush();
  [[nodiscard]] TlsVerdict why_no_handshake(int result) const;
  [[nodiscard]] TlsVerdict why_no_answer() const;
  [[nodiscard]] TlsVerdict why_lost(int result) const;
  void fail(const TlsVerdict& verdict);
  void drop() noexcept;

  [[nodiscard]] OwnCertificate own() const noexcept {
    return {.exists = used_->certificate() != nullptr, .wanted = ssl_.client_auth != 0};
  }

  mbedtls_entropy_context entropy_{};
  mbedtls_ctr_drbg_context random_{};
  mbedtls_ssl_config config_{};
  mbedtls_ssl_context ssl_{};
  bool is_seeded_ = false;

  std::shared_ptr<const TlsIdentity> loaded_;
  std::shared_ptr<const TlsIdentity> used_;  // by this connection
  TcpConnector connector_;
  TlsInspection inspection_;
  std::string host_;
  Duration limit_;
  bool has_tls_ = false;     // the memory of ssl_ is that of this connection
  bool is_up_ = false;       // the handshake is done
  bool can_send_ = true;     // for the socket
  bool is_foreign_ = false;  // what arrived first is no TLS
  std::size_t arrived_ = 0;  // bytes
  int error_ = 0;            // errno of the socket

  // Mbed TLS wants the same bytes again until all are gone; the caller may have others by then.
  std::array<unsigned char, kRecord> outgoing_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

Status TlsTransport::Session::load(const TlsFiles& files, std::string& message) {
  if (!is_seeded_ &&
      ::mbedtls_ctr_drbg_seed(&random_, ::mbedtls_entropy_func, &entropy_, nullptr, 0) != 0) {
    message = "the system gives no random numbers; check /dev/urandom";
    return Error::kIo;
  }
  is_seeded_ = true;
  auto identity = std::make_shared<TlsIdentity>();
  AIOT_TRY(identity->load(files, message));
  loaded_ = std::move(identity);
  return {};
}

Status TlsTransport::Session::connect(const std::string& host, std::uint16_t port, Duration limit) {
  if (host.empty() || port == 0) {
    return Error::kInvalidArgument;
  }
  if (loaded_ == nullptr) {
    return Error::kWrongState;
  }
  close();
  used_ = loaded_;
  host_ = host;
  limit_ = limit;
  can_send_ = true;
  is_foreign_ = false;
  arrived_ = 0;
  error_ = 0;
  begin_ = end_ = 0;
  connector_.start(host, port, limit);
  return {};
}

void TlsTransport::Session::close() noexcept {
  if (is_up_ && begin_ == end_) {
    (void)::mbedtls_ssl_close_notify(&ssl_);
  }
  drop();
  connector_.close();
}

/// Forgets the keys of the connection.
void TlsTransport::Session::drop() noexcept {
  is_up_ = false;
  has_tls_ = false;
  ::mbedtls_ssl_free(&ssl_);
  ::mbedtls_ssl_config_free(&config_);
}

void TlsTransport::Session::fail(const TlsVerdict& verdict) {
  drop();
  connector_.fail(verdict.fault, verdict.why);
}

/// Writes to the socket. While shaking hands a broken one pretends: the server may have said why it
/// refuses before it closed, and that has to be read.
int TlsTransport::Session::push(void* session, const unsigned char* bytes, std::size_t size) {
  auto& self = *static_cast<Session*>(session);
  const int most = static_cast<int>(std::min<std::size_t>(size, 1U << 20));
  if (self.can_send_) {
    const ssize_t count = ::send(self.connector_.descriptor(),
                                 bytes,
                                 static_cast<std::size_t>(most),
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      return static_cast<int>(count);
    }
    if (errno == EAGAIN || errno == EINTR) {
      return MBEDTLS_ERR_SSL_WANT_WRITE;
    }
    self.can_send_ = false;
    self.error_ = errno;
  }
  return self.is_up_ ? MBEDTLS_ERR_NET_SEND_FAILED : most;
}

int TlsTransport::Session::pull(void* session, unsigned char* bytes, std::size_t size) {
  auto& self = *static_cast<Session*>(session);
  const ssize_t count = ::recv(self.connector_.descriptor(), bytes, size, MSG_DONTWAIT);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) {
      return MBEDTLS_ERR_SSL_WANT_READ;
    }
    self.error_ = errno;
    return MBEDTLS_ERR_NET_RECV_FAILED;
  }
  // A record begins with its type, 20 to 24, and a version 3.x; a server with an alert or a
  // handshake. Mbed TLS reads the head of a record at once.
  if (self.arrived_ == 0 && count > 0 && bytes[0] != MBEDTLS_SSL_MSG_ALERT &&
      bytes[0] != MBEDTLS_SSL_MSG_HANDSHAKE) {
    self.is_foreign_ = true;
  }
  self.arrived_ += static_cast<std::size_t>(count);
  return static_cast<int>(count);
}

int TlsTransport::Session::look(void* session,
                                mbedtls_x509_crt* certificate,
                                int depth,
                                std::uint32_t* flags) {
  static_cast<Session*>(session)->inspection_.look(*certificate, depth, *flags);
  return 0;
}

/// Begins a TLS session on the connected socket. 0, or an error of Mbed TLS.
int TlsTransport::Session::prepare() {
  ::mbedtls_ssl_init(&ssl_);
  ::mbedtls_ssl_config_init(&config_);
  has_tls_ = true;
  inspection_.start(host_, used_->crls());
  int result = ::mbedtls_ssl_config_defaults(
      &config_, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  ::mbedtls_ssl_conf_min_version(
      &config_, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  ::mbedtls_ssl_conf_authmode(&config_, MBEDTLS_SSL_VERIFY_REQUIRED);
  ::mbedtls_ssl_conf_ciphersuites(&config_, kCiphers.data());
  ::mbedtls_ssl_conf_rng(&config_, ::mbedtls_ctr_drbg_random, &random_);
  ::mbedtls_ssl_conf_ca_chain(&config_, used_->ca(), used_->crls());
  ::mbedtls_ssl_conf_verify(&config_, look, this);
  if (result == 0 && used_->certificate() != nullptr) {
    result = ::mbedtls_ssl_conf_own_cert(&config_, used_->certificate(), used_->key());
  }
  if (result == 0) {
    result = ::mbedtls_ssl_setup(&ssl_, &config_);
  }
  // An address is no server name (RFC 6066, 3); the inspection compares it.
  if (result == 0 && !is_address(host_)) {
    result = ::mbedtls_ssl_set_hostname(&ssl_, host_.c_str());
  }
  ::mbedtls_ssl_set_bio(&ssl_, this, push, pull, nullptr);
  return result;
}

void TlsTransport::Session::handshake() {
  const int result = has_tls_ ? 0 : prepare();
  const int shaken = result != 0 ? result : ::mbedtls_ssl_handshake(&ssl_);
  if (is_later(shaken)) {
    if (connector_.left() <= Duration{}) {
      fail(why_no_answer());
    }
    return;
  }
  if (shaken != 0) {
    fail(why_no_handshake(shaken));
    return;
  }
  is_up_ = true;
}

hal::LinkState TlsTransport::Session::step() {
  switch (connector_.step()) {
    case Phase::kResolving:
    case Phase::kConnecting:
      return hal::LinkState::kConnecting;
    case Phase::kIdle:
    case Phase::kFailed:
      return hal::LinkState::kDown;
    case Phase::kConnected:
      break;
  }
  if (!is_up_) {
    handshake();
  }
  if (connector_.phase() != Phase::kConnected) {
    return hal::LinkState::kDown;
  }
  if (!is_up_) {
    return hal::LinkState::kConnecting;
  }
  return can_send_ ? hal::LinkState::kUp : hal::LinkState::kDown;
}

TlsVerdict TlsTransport::Session::why_no_answer() const {
  const std::string time = " within " + std::to_string(limit_.us / 1000) + " ms; ";
  if (arrived_ == 0) {
    return {LinkFault::kTimeout,
            "no answer in TLS" + time + "check that the server speaks TLS at this port"};
  }
  return {LinkFault::kTimeout, "TLS is not ready" + time + "check the network and the server"};
}

TlsVerdict TlsTransport::Session::why_no_handshake(int result) const {
  const bool is_end = result == MBEDTLS_ERR_SSL_CONN_EOF || result == MBEDTLS_ERR_NET_RECV_FAILED;
  if (is_foreign_) {
    return {LinkFault::kNotTls,
            "the server answers, but not in TLS; check the port, or use mqtt:// for one without "
            "TLS"};
  }
  if (is_end && arrived_ == 0) {
    return {LinkFault::kNotTls,
            "the server closed the connection before it answered in TLS; check that it speaks TLS "
            "at this port"};
  }
  if (is_end && own().wanted) {
    return own().exists ? TlsVerdict{LinkFault::kOwnRefused,
                                     "the server closed the connection after it got the client "
                                     "certificate; see its log for why"}
                        : TlsVerdict{LinkFault::kOwnMissing,
                                     "the server asked for a client certificate and closed the "
                                     "connection; name one and its key"};
  }
  if (is_end) {
    return {LinkFault::kLost,
            "the connection was lost during the TLS handshake; check the network and the server"};
  }
  if (result == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
    return verdict_of_alert(ssl_.in_msg[1], own());
  }
  if (result == MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION) {
    return {LinkFault::kVersion,
            "the server speaks a TLS older than 1.2; let it accept that version"};
  }
  // All bits are set when there is nothing to say about certificates.
  const std::uint32_t flags = ::mbedtls_ssl_get_verify_result(&ssl_);
  if ((result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED ||
       result == MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE) &&
      flags != 0 && flags != 0xFFFF'FFFFU) {
    return inspection_.verdict(flags);
  }
  return {LinkFault::kTls, "the TLS handshake failed: " + text_of(result) + "; check the server"};
}

TlsVerdict TlsTransport::Session::why_lost(int result) const {
  switch (result) {
    case 0:
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
      return {LinkFault::kClosed, "the server closed the connection; see its log for why"};
    case MBEDTLS_ERR_NET_RECV_FAILED:
    case MBEDTLS_ERR_NET_SEND_FAILED:
      return {LinkFault::kLost,
              "the connection was lost: " + std::system_category().message(error_) +
                  "; check the network and the server"};
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
      return verdict_of_alert(ssl_.in_msg[1], own());
    default:
      return {LinkFault::kTls, "TLS failed: " + text_of(result) + "; check the server"};
  }
}

/// Sends what is left of an earlier call. False: the way out is lost.
bool TlsTransport::Session::flush() {
  while (begin_ < end_) {
    const int result = ::mbedtls_ssl_write(&ssl_, outgoing_.data() + begin_, end_ - begin_);
    if (is_later(result)) {
      return true;
    }
    if (result < 0) {
      can_send_ = false;
      return false;
    }
    begin_ += static_cast<std::size_t>(result);
  }
  return true;
}

Result<std::size_t> TlsTransport::Session::send(Bytes in) {
  const hal::LinkState now = step();
  if (now == hal::LinkState::kDown || (now == hal::LinkState::kUp && !flush())) {
    return Error::kIo;
  }
  if (now == hal::LinkState::kConnecting || in.empty() || begin_ < end_) {
    return std::size_t{0};
  }
  begin_ = 0;
  end_ = std::min(in.size(), outgoing_.size());
  std::memcpy(outgoing_.data(), in.data(), end_);
  const std::size_t taken = end_;
  if (!flush()) {
    return Error::kIo;
  }
  return taken;
}

Result<std::size_t> TlsTransport::Session::receive(MutableBytes out) {
  if (step() == hal::LinkState::kConnecting) {
    return std::size_t{0};
  }
  if (!is_up_) {
    return Error::kIo;
  }
  if (can_send_) {
    (void)flush();
  }
  if (out.empty()) {
    return std::size_t{0};
  }
  const int result =
      ::mbedtls_ssl_read(&ssl_, reinterpret_cast<unsigned char*>(out.data()), out.size());
  if (result > 0) {
    return static_cast<std::size_t>(result);
  }
  if (is_later(result)) {
    return std::size_t{0};
  }
  fail(why_lost(result));
  return Error::kIo;
}

void TlsTransport::Session::wait(Duration limit) {
  (void)step();
  if (connector_.phase() != Phase::kConnected) {
    connector_.wait(limit);
    return;
  }
  if (is_up_ && ::mbedtls_ssl_check_pending(&ssl_) != 0) {
    return;
  }
  // A handshake waits for the server, unless its own bytes did not fit.
  const bool is_full = is_up_ ? begin_ < end_ : ssl_.out_left != 0;
  const int events = is_full ? POLLIN | POLLOUT : POLLIN;
  const Duration most = is_up_ ? limit : std::min(limit, connector_.left());
  (void)wait_for(connector_.descriptor(), static_cast<short>(events), most);
}

TlsTransport::TlsTransport() : session_(std::make_unique<Session>()) {}

TlsTransport::~TlsTransport() = default;

Status TlsTransport::load(const TlsFiles& files, std::string& message) {
  return session_->load(files, message);
}

Status TlsTransport::connect(const std::string& host, std::uint16_t port, Duration limit) {
  return session_->connect(host, port, limit);
}

Result<std::size_t> TlsTransport::send(Bytes in) {
  return session_->send(in);
}

Result<std::size_t> TlsTransport::receive(MutableBytes out) {
  return session_->receive(out);
}

hal::LinkState TlsTransport::state() {
  return session_->step();
}

void TlsTransport::wait(Duration limit) {
  session_->wait(limit);
}

void TlsTransport::close() noexcept {
  session_->close();
}

LinkFault TlsTransport::fault() const noexcept {
  return session_->connector().fault();
}

const std::string& TlsTransport::message() const noexcept {
  return session_->connector().message();
}

}  // namespace aiot::linux_port
