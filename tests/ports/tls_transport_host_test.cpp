// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "ports/linux/tls_transport.hpp"
#include "ports/linux/tls_verdict.hpp"
#include "tests/contract/transport_contract.hpp"
#include "tests/ports/tls_server.hpp"
#include "tests/support/test.hpp"

namespace aiot::linux_port {
namespace {

using test::Listener;
using test::OpensslServer;
using test::Peer;
using test::Pki;
using test::TlsPeer;
using test::Trouble;

constexpr Duration kLimit = Duration::from_s(60);  // other processes may have the processor

hal::LinkState settle(TlsTransport& link) {
  while (link.state() == hal::LinkState::kConnecting) {
    link.wait(kLimit);
  }
  return link.state();
}

class TlsTransportTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { pki_ = new Pki; }

  static void TearDownTestSuite() {
    delete pki_;
    pki_ = nullptr;
  }

  static std::string file(const std::string& name) { return *pki_ / name; }

  /// CA, client certificate and key.
  static TlsFiles files() {
    return {.ca = file("ca.pem"),
            .certificate = file("client.pem"),
            .key = file("client.key"),
            .crls = {}};
  }

  static TlsFiles files_of(const std::string& client) {
    TlsFiles result = files();
    result.certificate = client.empty() ? "" : file(client + ".pem");
    result.key = client.empty() ? "" : file(client + ".key");
    return result;
  }

  static TlsFiles files_with_crl(const std::string& crl) {
    TlsFiles result = files();
    result.crls = {file(crl)};
    return result;
  }

  /// Options of a server with this certificate.
  static std::vector<std::string> server(const std::string& name) {
    return {"-tls1_2", "-cert", file(name + ".pem"), "-key", file(name + ".key")};
  }

  /// Options of a server that wants a certificate of the CA.
  static std::vector<std::string> strict_server() {
    std::vector<std::string> options = server("server");
    for (const std::string& word : {std::string("-Verify"),
                                    std::string("1"),
                                    std::string("-verify_return_error"),
                                    std::string("-CAfile"),
                                    file("ca.pem")}) {
      options.push_back(word);
    }
    return options;
  }

  /// Why the connection fails; kNone: it does not. The message must say `words`.
  static LinkFault fault_at(const std::string& host,
                            std::uint16_t port,
                            const TlsFiles& own,
                            std::string_view words) {
    TlsTransport link;
    std::string message;
    EXPECT_TRUE(link.load(own, message).ok()) << message;
    EXPECT_TRUE(link.connect(host, port, kLimit).ok());
    if (settle(link) == hal::LinkState::kUp) {
      EXPECT_EQ(link.message(), "");
      return link.fault();
    }
    EXPECT_NE(link.message().find(words), std::string::npos) << link.message();
    EXPECT_EQ(link.message().find(':' + std::to_string(port) + ": "), host.size());
    EXPECT_EQ(link.message().find('\n'), std::string::npos);
    EXPECT_NE(link.message().find("; "), std::string::npos) << "what to do: " << link.message();
    std::array<std::byte, 1> byte{};
    EXPECT_EQ(link.send(byte).error(), Error::kIo);
    EXPECT_EQ(link.receive(byte).error(), Error::kIo);
    return link.fault();
  }

  static LinkFault fault_of(const std::vector<std::string>& options,
                            const TlsFiles& own,
                            std::string_view words) {
    const OpensslServer openssl(options);
    return fault_at("127.0.0.1", openssl.port(), own, words);
  }

  static Pki* pki_;
};

Pki* TlsTransportTest::pki_ = nullptr;

/// Both ends in this thread.
class Pair {
 public:
  Pair(const TlsFiles& client_files, const TlsFiles& server_files, Trouble trouble) {
    std::string message;
    EXPECT_TRUE(identity_.load(server_files, message).ok()) << message;
    EXPECT_TRUE(client.load(client_files, message).ok()) << message;
    connect(trouble);
  }

  void connect(Trouble trouble) {
    EXPECT_TRUE(client.connect("127.0.0.1", listener_.port(), kLimit).ok());
    server = std::make_unique<TlsPeer>(listener_.accept(), identity_, trouble);
  }

  /// Goes on until the client's state is settled.
  hal::LinkState shake() {
    while (
        client.state() == hal::LinkState::kConnecting ||
        (client.state() == hal::LinkState::kUp && server->state() == hal::LinkState::kConnecting)) {
      (void)server->state();
      client.wait(Duration{100});
    }
    return client.state();
  }

  TlsTransport client;
  std::unique_ptr<TlsPeer> server;

 private:
  TlsIdentity identity_;
  Listener listener_;
};

TEST_F(TlsTransportTest, KeepsTheContract) {
  for (const std::size_t at_once : {Trouble::kNever, std::size_t{1}, std::size_t{7}}) {
    Pair pair(files(), files_of("server"), {.at_once = at_once});
    ASSERT_EQ(pair.shake(), hal::LinkState::kUp) << pair.client.message();
    contract::transport_is_quiet(pair.client, *pair.server);
    const auto idle = [&pair](int quiet) {
      pair.client.wait(Duration::from_ms(1));
      return quiet < 10'000;
    };
    contract::transport_carries_bytes_in_order(pair.client, *pair.server, 4000, idle);
    contract::transport_carries_bytes_in_order(*pair.server, pair.client, 4000, idle);
    contract::transport_reports_a_lost_link(pair.client, [&] {
      pair.server->close();
      pair.client.wait(kLimit);
    });
    EXPECT_EQ(pair.client.fault(), LinkFault::kClosed) << pair.client.message();
  }
}

TEST_F(TlsTransportTest, TalksToOpenssl) {
  for (const char* name : {"server", "rsa"}) {
    std::vector<std::string> options = strict_server();
    options[2] = file(std::string(name) + ".pem");
    options[4] = file(std::string(name) + ".key");
    const OpensslServer openssl(options);
    TlsTransport link;
    std::string message;
    ASSERT_TRUE(link.load(files_with_crl("crl.pem"), message).ok()) << message;
    ASSERT_TRUE(link.connect("localhost", openssl.port(), kLimit).ok());
    ASSERT_EQ(settle(link), hal::LinkState::kUp) << link.message();
    ASSERT_EQ(link.send(as_bytes("abc\n", 4)).value_or(0), 4U);
    std::array<std::byte, 16> answer{};
    std::size_t size = 0;
    while (size < 4) {
      link.wait(kLimit);
      const auto got = link.receive(std::span(answer).subspan(size));
      ASSERT_TRUE(got.ok()) << link.message();
      size += *got;
    }
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(answer.data()), size), "cba\n");
  }
}

TEST_F(TlsTransportTest, RefusesAServerOfAnUnknownCa) {
  EXPECT_EQ(
      fault_of(server("stranger_server"), files(), "CA that is not trusted here, 'CN=another"),
      LinkFault::kUntrusted);
}

TEST_F(TlsTransportTest, RefusesAnExpiredCertificate) {
  EXPECT_EQ(fault_of(server("server_expired"), files(), "has expired on 2020-01-01"),
            LinkFault::kExpired);
}

TEST_F(TlsTransportTest, RefusesACertificateOfTheFuture) {
  EXPECT_EQ(fault_of(server("server_future"), files(), "not valid before 2090-01-01"),
            LinkFault::kNotYetValid);
}

TEST_F(TlsTransportTest, RefusesACertificateOfAnotherHost) {
  const OpensslServer openssl(server("server_other"));
  for (const char* host : {"127.0.0.1", "localhost"}) {
    EXPECT_EQ(fault_at(host,
                       openssl.port(),
                       files(),
                       "but for other.example, 192.0.2.1, a.test, b.test, ...;"),
              LinkFault::kWrongName);
  }
}

TEST_F(TlsTransportTest, ComparesTheHostWithTheNamesOfItsKind) {
  // The names: localhost, *.example.test, 127.0.0.1, ::1.
  const OpensslServer openssl(server("server"));
  EXPECT_EQ(fault_at("127.0.0.1", openssl.port(), files(), ""), LinkFault::kNone);
  EXPECT_EQ(fault_at("localhost", openssl.port(), files(), ""), LinkFault::kNone);
  EXPECT_EQ(fault_at("LocalHost", openssl.port(), files(), ""), LinkFault::kNone);
  EXPECT_EQ(fault_at("127.0.0.2", openssl.port(), files(), ""), LinkFault::kRefused);
  // Without subject alternative names the common name counts, for names.
  const OpensslServer plain(server("server_plain"));
  EXPECT_EQ(fault_at("localhost", plain.port(), files(), ""), LinkFault::kNone);
  EXPECT_EQ(fault_at("127.0.0.1", plain.port(), files(), "but for CN=localhost"),
            LinkFault::kWrongName);
}

TEST_F(TlsTransportTest, ComparesAddressesByTheirBytes) {
  TlsIdentity identity;
  std::string message;
  ASSERT_TRUE(identity.load(files_of("server"), message).ok()) << message;
  const auto is_for = [&identity](const std::string& host) {
    TlsInspection inspection;
    std::uint32_t flags = 0;
    inspection.start(host, nullptr);
    inspection.look(*identity.certificate(), 0, flags);
    EXPECT_TRUE(flags == 0 || inspection.verdict(flags).fault == LinkFault::kWrongName);
    return flags == 0;
  };
  EXPECT_TRUE(is_for("127.0.0.1"));
  EXPECT_TRUE(is_for("::1"));
  EXPECT_TRUE(is_for("0:0:0:0:0:0:0:1"));
  EXPECT_FALSE(is_for("127.0.0.2"));
  EXPECT_FALSE(is_for("::2"));
  EXPECT_FALSE(is_for("::ffff:127.0.0.1"));
  EXPECT_FALSE(is_for("fe80::1%eth0"));
}

TEST_F(TlsTransportTest, RefusesARevokedServer) {
  for (const char* crl : {"crl.pem", "crl.der"}) {
    EXPECT_EQ(fault_of(server("server_revoked"), files_with_crl(crl), "revoked by the CRL"),
              LinkFault::kRevoked);
  }
  EXPECT_EQ(fault_of(server("server"), files_with_crl("crl.pem"), ""), LinkFault::kNone);
  EXPECT_EQ(fault_of(server("server_revoked"), files(), ""), LinkFault::kNone) << "no CRL";
}

TEST_F(TlsTransportTest, WantsACrlThatHolds) {
  const OpensslServer openssl(server("server"));
  const auto fault = [&](const char* crl, const char* words) {
    return fault_at("127.0.0.1", openssl.port(), files_with_crl(crl), words);
  };
  EXPECT_EQ(fault("crl_empty.pem", ""), LinkFault::kNone);
  EXPECT_EQ(fault("crl_expired.pem", "the CRL has expired"), LinkFault::kCrlExpired);
  EXPECT_EQ(fault("crl_forged.pem", "not validly signed by the CA"), LinkFault::kCrlUntrusted);
  EXPECT_EQ(fault("crl_stranger.pem", "no CRL is of the CA"), LinkFault::kCrlMissing);
}

TEST_F(TlsTransportTest, RefusesAServerWithTheCertificateOfAClient) {
  EXPECT_EQ(fault_of(server("client"), files(), "not for '127.0.0.1' but for CN=device-1"),
            LinkFault::kWrongName);
  EXPECT_EQ(fault_of(server("client_named"), files(), "not for a server"),
            LinkFault::kWrongPurpose);
}

TEST_F(TlsTransportTest, RefusesAWeakKey) {
  std::vector<std::string> options = server("weak");
  options.insert(options.end(), {"-cipher", "DEFAULT@SECLEVEL=0"});
  EXPECT_EQ(fault_of(options, files(), "weak"), LinkFault::kWeak);
}

TEST_F(TlsTransportTest, TellsThatTheServerWantsACertificate) {
  EXPECT_EQ(fault_of(strict_server(), files_of(""), "asks for a client certificate; name one"),
            LinkFault::kOwnMissing);
  EXPECT_EQ(fault_of(strict_server(), files(), ""), LinkFault::kNone);
}

TEST_F(TlsTransportTest, TellsWhyTheServerRefusesTheCertificate) {
  EXPECT_EQ(fault_of(strict_server(), files_of("stranger_client"), "does not know the CA"),
            LinkFault::kOwnUnknownCa);
  EXPECT_EQ(fault_of(strict_server(), files_of("client_expired"), "has expired"),
            LinkFault::kOwnExpired);
  std::vector<std::string> options = strict_server();
  for (const std::string& word :
       {std::string("-crl_check"), std::string("-CRL"), file("crl.pem")}) {
    options.push_back(word);
  }
  EXPECT_EQ(fault_of(options, files_of("client_revoked"), "client certificate is revoked"),
            LinkFault::kOwnRevoked);
  EXPECT_EQ(fault_of(options, files(), ""), LinkFault::kNone);
}

TEST_F(TlsTransportTest, TellsThatNoVersionIsInCommon) {
  std::vector<std::string> options = server("server");
  options[0] = "-tls1_3";
  EXPECT_EQ(fault_of(options, files(), "does not speak TLS 1.2"), LinkFault::kVersion);
  // What an older server has is none of the ciphers of 1.2.
  options[0] = "-tls1_1";
  options.insert(options.end(), {"-cipher", "DEFAULT@SECLEVEL=0"});
  EXPECT_EQ(fault_of(options, files(), "let it accept TLS 1.2"), LinkFault::kTls);
}

TEST_F(TlsTransportTest, TellsThatNoCipherIsInCommon) {
  std::vector<std::string> options = server("server");
  options.insert(options.end(), {"-cipher", "ECDHE-ECDSA-AES128-SHA256"});
  EXPECT_EQ(fault_of(options, files(), "no cipher in common"), LinkFault::kTls);
}

TEST_F(TlsTransportTest, TellsThatTheServerDoesNotSpeakTls) {
  for (const std::string& greeting : {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"),
                                      std::string("\0", 1),
                                      std::string("\x20\x02\x00\x05", 4),
                                      std::string()}) {
    TlsTransport link;
    std::string message;
    ASSERT_TRUE(link.load(files(), message).ok());
    const Listener listener;
    ASSERT_TRUE(link.connect("127.0.0.1", listener.port(), kLimit).ok());
    {
      Peer peer = listener.accept();
      (void)peer.send(as_bytes(greeting.data(), greeting.size()));
      if (greeting.size() > 4) {
        EXPECT_EQ(settle(link), hal::LinkState::kDown);
      }
    }
    EXPECT_EQ(settle(link), hal::LinkState::kDown);
    EXPECT_EQ(link.fault(), LinkFault::kNotTls) << link.message();
    EXPECT_NE(link.message().find("TLS"), std::string::npos);
  }
}

TEST_F(TlsTransportTest, GivesUpAtItsLimit) {
  TlsTransport link;
  std::string message;
  ASSERT_TRUE(link.load(files(), message).ok());
  const Listener silent;
  ASSERT_TRUE(link.connect("127.0.0.1", silent.port(), Duration::from_ms(100)).ok());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(settle(link), hal::LinkState::kDown);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(90));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_EQ(link.fault(), LinkFault::kTimeout);
  EXPECT_NE(link.message().find("no answer in TLS within 100 ms"), std::string::npos);
}

TEST_F(TlsTransportTest, TellsWhatTcpTells) {
  const std::uint16_t port = Listener().port();  // closed again
  EXPECT_EQ(fault_at("127.0.0.1", port, files(), "refused"), LinkFault::kRefused);
  EXPECT_EQ(fault_at("no..such..host", port, files(), "resolve"), LinkFault::kResolve);
}

/// All places of `count`, or some when time is short.
std::size_t stride() {
  return std::getenv("AIOT_FULL") != nullptr ? 1 : 29;
}

TEST_F(TlsTransportTest, SurvivesACloseAtAnyByte) {
  Pair whole(files(), files_of("server"), {});
  ASSERT_EQ(whole.shake(), hal::LinkState::kUp) << whole.client.message();
  const std::size_t sent = whole.server->sent();
  const std::size_t received = whole.server->received();
  Pair pair(files(), files_of("server"), {});
  // Signatures are some bytes longer or shorter each time.
  constexpr std::size_t kSlack = 16;
  for (std::size_t at = 0; at < sent; at += stride()) {
    pair.connect({.close_after_sent = at});
    if (pair.shake() == hal::LinkState::kUp) {
      ASSERT_GT(at + kSlack, sent);
      continue;
    }
    ASSERT_NE(pair.client.fault(), LinkFault::kNone);
    ASSERT_NE(pair.client.message(), "");
  }
  for (std::size_t at = 0; at < received; at += stride()) {
    pair.connect({.close_after_received = at});
    if (pair.shake() == hal::LinkState::kUp) {
      ASSERT_GT(at + kSlack, received);
      continue;
    }
    ASSERT_NE(pair.client.fault(), LinkFault::kNone);
  }
  // A record of which the end is missing is none.
  for (std::size_t at = 0; at < 60; at += stride()) {
    pair.connect({});
    ASSERT_EQ(pair.shake(), hal::LinkState::kUp) << pair.client.message();
    pair.server->trouble({.close_after_sent = pair.server->sent() + at});
    const bool is_whole = pair.server->send(as_bytes("ten bytes.", 10)).ok();
    std::array<std::byte, 64> in{};
    pair.client.wait(kLimit);
    const auto got = pair.client.receive(in);
    ASSERT_EQ(got.ok(), is_whole) << at;
    ASSERT_EQ(got.value_or(10), 10U);
  }
  // And it connects again as if nothing had been.
  pair.connect({});
  EXPECT_EQ(pair.shake(), hal::LinkState::kUp) << pair.client.message();
}

TEST_F(TlsTransportTest, SurvivesADamagedByteAnywhere) {
  Pair whole(files(), files_of("server"), {});
  ASSERT_EQ(whole.shake(), hal::LinkState::kUp) << whole.client.message();
  const std::size_t handshake = whole.server->sent();
  Pair pair(files(), files_of("server"), {});
  for (std::size_t at = 0; at < handshake + 60; at += stride()) {
    pair.connect({.damaged = at});
    // A length that has grown makes both wait for bytes that nobody sends.
    for (int i = 0; i < 200 && pair.client.state() == hal::LinkState::kConnecting; ++i) {
      (void)pair.server->state();
      pair.client.wait(Duration{100});
    }
    std::array<std::byte, 64> in{};
    if (pair.client.state() == hal::LinkState::kUp) {
      ASSERT_GE(at, handshake - 60) << "only what is not covered yet";
      (void)pair.server->state();
      (void)pair.server->send(as_bytes("ten bytes.", 10));
      pair.client.wait(Duration::from_ms(1));
      const auto got = pair.client.receive(in);
      ASSERT_TRUE(!got.ok() || *got == 0 || std::memcmp(in.data(), "ten bytes.", *got) == 0) << at;
    }
  }
}

TEST_F(TlsTransportTest, NeverWaitsForAServerThatDoesNotRead) {
  Pair pair(files(), files_of("server"), {});
  ASSERT_EQ(pair.shake(), hal::LinkState::kUp) << pair.client.message();
  std::size_t sent = 0;
  std::size_t received = 0;
  const auto fill = [&](std::byte* bytes, std::size_t size, std::size_t from) {
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<std::byte>((from + i) % 251);
    }
  };
  std::vector<std::byte> out(50'000);
  const auto send_until_full = [&] {
    for (int full = 0; full < 3;) {
      // Other bytes and another length than those that were not taken.
      const std::size_t size = 1 + (sent * 7919 + static_cast<std::size_t>(full)) % out.size();
      fill(out.data(), size, sent);
      const auto moved = pair.client.send(std::span(out).first(size));
      ASSERT_TRUE(moved.ok()) << pair.client.message();
      sent += *moved;
      full = *moved == 0 ? full + 1 : 0;
    }
  };
  for (int round = 0; round < 3; ++round) {
    send_until_full();
    ASSERT_GT(sent, received);
    pair.client.wait(Duration::from_ms(1));
    std::vector<std::byte> in(10'000);
    std::vector<std::byte> expected(in.size());
    for (int quiet = 0; received < sent && quiet < 1000;) {
      const auto moved = pair.server->receive(in);
      ASSERT_TRUE(moved.ok());
      fill(expected.data(), *moved, received);
      ASSERT_EQ(std::memcmp(in.data(), expected.data(), *moved), 0) << received;
      received += *moved;
      // What was taken goes out without another send.
      std::array<std::byte, 1> none{};
      ASSERT_EQ(pair.client.receive(none).value_or(1), 0U);
      quiet = *moved == 0 ? quiet + 1 : 0;
      pair.client.wait(Duration{quiet == 0 ? 0 : 100});
    }
    ASSERT_EQ(received, sent);
  }
}

TEST_F(TlsTransportTest, TellsAGoodbyeAndStillReceivesWhatCameBeforeIt) {
  Pair pair(files(), files_of("server"), {});
  ASSERT_EQ(pair.shake(), hal::LinkState::kUp) << pair.client.message();
  ASSERT_EQ(pair.server->send(as_bytes("bye", 3)).value_or(0), 3U);
  pair.server->say_goodbye();
  ASSERT_EQ(pair.client.send(as_bytes("x", 1)).value_or(0), 1U);
  pair.server->close();  // with a byte unread: a reset
  auto sent = pair.client.send(as_bytes("x", 1));
  for (int i = 0; i < 1000 && sent.ok(); ++i) {
    sent = pair.client.send(as_bytes("x", 1));
  }
  EXPECT_EQ(sent.error(), Error::kIo);
  EXPECT_EQ(pair.client.state(), hal::LinkState::kDown);
  std::array<std::byte, 8> in{};
  EXPECT_EQ(pair.client.receive(in).value_or(0), 3U);
  EXPECT_EQ(pair.client.receive(in).error(), Error::kIo);
  EXPECT_EQ(pair.client.fault(), LinkFault::kClosed) << pair.client.message();
}

TEST_F(TlsTransportTest, ClosesAndConnectsAgain) {
  Pair pair(files(), files_of("server"), {});
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(pair.shake(), hal::LinkState::kUp) << pair.client.message();
    pair.client.close();
    EXPECT_EQ(pair.client.state(), hal::LinkState::kDown);
    EXPECT_EQ(pair.client.fault(), LinkFault::kNone);
    std::array<std::byte, 8> in{};
    EXPECT_EQ(pair.client.send(in).error(), Error::kIo);
    EXPECT_EQ(pair.client.receive(in).error(), Error::kIo);
    EXPECT_EQ(pair.server->receive(in).error(), Error::kIo);
    pair.connect({});
  }
}

TEST_F(TlsTransportTest, TakesRenewedFilesForTheNextConnection) {
  const OpensslServer openssl(server("stranger_server"));
  TlsTransport link;
  std::string message;
  EXPECT_EQ(link.connect("localhost", openssl.port(), kLimit).error(), Error::kWrongState);
  ASSERT_TRUE(link.load(files(), message).ok());
  EXPECT_EQ(link.connect("", openssl.port(), kLimit).error(), Error::kInvalidArgument);
  EXPECT_EQ(link.connect("localhost", 0, kLimit).error(), Error::kInvalidArgument);
  ASSERT_TRUE(link.connect("localhost", openssl.port(), kLimit).ok());
  EXPECT_EQ(settle(link), hal::LinkState::kDown);
  TlsFiles renewed = files();
  renewed.ca = file("stranger.pem");
  ASSERT_TRUE(link.load(renewed, message).ok());
  renewed.ca = file("none");
  EXPECT_EQ(link.load(renewed, message).error(), Error::kEmpty) << "and keeps the ones before";
  ASSERT_TRUE(link.connect("localhost", openssl.port(), kLimit).ok());
  EXPECT_EQ(settle(link), hal::LinkState::kUp) << link.message();
}

using TlsIdentityTest = TlsTransportTest;

TEST_F(TlsIdentityTest, TakesPemAndDer) {
  TlsFiles own = files_with_crl("crl.der");
  own.ca = file("ca.der");
  TlsIdentity identity;
  std::string message;
  EXPECT_TRUE(identity.load(own, message).ok()) << message;
  EXPECT_EQ(message, "");
  EXPECT_NE(identity.certificate(), nullptr);
  EXPECT_NE(identity.crls(), nullptr);
  TlsIdentity bare;
  EXPECT_TRUE(bare.load(files_of(""), message).ok()) << message;
  EXPECT_EQ(bare.certificate(), nullptr);
  EXPECT_EQ(bare.key(), nullptr);
  EXPECT_EQ(bare.crls(), nullptr);
}

TEST_F(TlsIdentityTest, RefusesFilesOneByOne) {
  const test::TempDir dir;
  const std::string noise = dir.write("noise", "-----BEGIN CERTIFICATE-----\nnothing\n");
  const std::string empty = dir.write("empty", "");
  std::string half = test::content_of(file("ca.pem"));
  const std::string cut =
      dir.write("cut", half + half.substr(0, half.size() / 2) + "\n-----END CERTIFICATE-----\n");
  const auto refusal = [](const TlsFiles& own, Error error, std::string_view words) {
    TlsIdentity identity;
    std::string message;
    EXPECT_EQ(identity.load(own, message).error(), error) << message;
    EXPECT_NE(message.find(words), std::string::npos) << message;
    EXPECT_NE(message.find("; "), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  };
  const auto change = [&](std::string TlsFiles::*which, const std::string& path) {
    TlsFiles own = files();
    own.*which = path;
    return own;
  };
  refusal(change(&TlsFiles::ca, ""), Error::kInvalidArgument, "needs the certificate of the CA");
  refusal(change(&TlsFiles::key, ""), Error::kInvalidArgument, "needs its key");
  refusal(change(&TlsFiles::certificate, ""), Error::kInvalidArgument, "needs its certificate");
  refusal(change(&TlsFiles::ca, file("none")), Error::kEmpty, "can not open CA '");
  refusal(change(&TlsFiles::key, file("none")), Error::kEmpty, "can not open key '");
  refusal(change(&TlsFiles::ca, file("")), Error::kIo, "can not read CA '");
  for (const std::string& path : {noise, empty, file("client.key")}) {
    refusal(change(&TlsFiles::ca, path), Error::kCorrupt, "CA '" + path + "' does not parse");
    refusal(change(&TlsFiles::certificate, path),
            Error::kCorrupt,
            "certificate '" + path + "' does not parse");
  }
  refusal(change(&TlsFiles::ca, cut), Error::kCorrupt, "1 of the certificates in CA '");
  const std::string open = dir.write("open", test::content_of(file("client.key")));
  ASSERT_EQ(::chmod(open.c_str(), 0640), 0);
  refusal(change(&TlsFiles::key, open), Error::kUnauthentic, "can be read by others; chmod 600 it");
  refusal(change(&TlsFiles::key, file("server.key")), Error::kUnauthentic, "does not fit");
  refusal(change(&TlsFiles::key, file("rsa.key")), Error::kUnauthentic, "does not fit");
  refusal(change(&TlsFiles::key, file("client_locked.key")), Error::kUnsupported, "is encrypted");
  ASSERT_EQ(::chmod(noise.c_str(), 0600), 0);
  refusal(change(&TlsFiles::key, noise), Error::kCorrupt, "key '" + noise + "' does not parse");
  refusal(change(&TlsFiles::key, file("client.pem")), Error::kCorrupt, "does not parse");
  TlsFiles own = files_with_crl("crl.pem");
  own.crls.push_back(file("ca.pem"));
  refusal(own, Error::kCorrupt, "CRL '" + file("ca.pem") + "' does not parse");
  own.crls = {file("none")};
  refusal(own, Error::kEmpty, "can not open CRL '");
}

}  // namespace
}  // namespace aiot::linux_port
