// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/tls_identity.hpp"

#include <fcntl.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace aiot::linux_port {
namespace {

constexpr std::size_t kMaxFile = 64UL << 20;
constexpr std::size_t kMaxPipe = 1UL << 20;

/// The bytes of a file and a zero behind them, which Mbed TLS wants behind PEM. Wiped in the end.
class Content {
 public:
  Content() = default;
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  ~Content() {
    if (!bytes_.empty()) {
      ::explicit_bzero(bytes_.data(), bytes_.size());
    }
  }

  /// 0, or errno; EFBIG: too long for a certificate.
  int read(int file, std::size_t most) {
    // In one piece: a vector that grows leaves copies behind.
    bytes_.resize(most + 2);
    for (size_ = 0; size_ <= most;) {
      const ssize_t got = ::read(file, bytes_.data() + size_, most + 1 - size_);
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got <= 0) {
        bytes_[size_] = 0;
        return got < 0 ? errno : 0;
      }
      size_ += static_cast<std::size_t>(got);
    }
    return EFBIG;
  }

  [[nodiscard]] const unsigned char* data() const noexcept { return bytes_.data(); }

  /// As Mbed TLS counts: PEM with its zero, DER without one.
  [[nodiscard]] std::size_t size() const noexcept { return size_ + (is_pem() ? 1 : 0); }

 private:
  [[nodiscard]] bool is_pem() const noexcept {
    const std::string_view text(reinterpret_cast<const char*>(bytes_.data()), size_);
    return text.find("-----BEGIN ") != std::string_view::npos;
  }

  std::vector<unsigned char> bytes_;
  std::size_t size_ = 0;
};

enum class Secrecy { kPublic, kPrivate };

/// `what`: as a message names the file.
Status read(const std::string& path,
            const std::string& what,
            Secrecy secrecy,
            Content& content,
            std::string& message) {
  const std::string name = what + " '" + path + "'";
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    const int error = errno;
    message = "can not open " + name + ": " + std::system_category().message(error) +
              "; check path and permissions";
    return error == ENOENT ? Error::kEmpty : Error::kIo;
  }

  struct stat info {};

  const bool is_file = ::fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  if (is_file && secrecy == Secrecy::kPrivate && (info.st_mode & 077U) != 0) {
    ::close(file);
    message = name + " can be read by others; chmod 600 it";
    return Error::kUnauthentic;
  }
  const std::size_t most =
      is_file ? std::min(static_cast<std::size_t>(info.st_size), kMaxFile) : kMaxPipe;
  const int error = content.read(file, most);
  ::close(file);
  if (error != 0) {
    message = "can not read " + name + ": " + std::system_category().message(error) +
              "; check that it is the right file";
    return Error::kIo;
  }
  return {};
}

Status is_broken(const std::string& what, const std::string& path, std::string& message) {
  message = what + " '" + path + "' does not parse; name a PEM or DER file of it";
  return Error::kCorrupt;
}

/// Adds the certificates of a file to `chain`.
Status load_certificates(const std::string& path,
                         const std::string& what,
                         mbedtls_x509_crt& chain,
                         std::string& message) {
  Content content;
  AIOT_TRY(read(path, what, Secrecy::kPublic, content, message));
  const int bad = ::mbedtls_x509_crt_parse(&chain, content.data(), content.size());
  if (bad > 0) {
    message = std::to_string(bad) + " of the certificates in " + what + " '" + path +
              "' do not parse; replace or remove them";
    return Error::kCorrupt;
  }
  return bad < 0 ? is_broken(what, path, message) : Status{};
}

}  // namespace

struct TlsIdentity::Parts {
  mbedtls_x509_crt ca{};
  mbedtls_x509_crt certificate{};
  mbedtls_pk_context key{};
  mbedtls_x509_crl crls{};
  bool has_certificate = false;
  bool has_crls = false;

  Parts() noexcept {
    ::mbedtls_x509_crt_init(&ca);
    ::mbedtls_x509_crt_init(&certificate);
    ::mbedtls_pk_init(&key);
    ::mbedtls_x509_crl_init(&crls);
  }

  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  ~Parts() {
    ::mbedtls_x509_crl_free(&crls);
    ::mbedtls_pk_free(&key);
    ::mbedtls_x509_crt_free(&certificate);
    ::mbedtls_x509_crt_free(&ca);
  }

  Status load_key(const std::string& path, std::string& message) {
    Content content;
    AIOT_TRY(read(path, "key", Secrecy::kPrivate, content, message));
    switch (::mbedtls_pk_parse_key(&key, content.data(), content.size(), nullptr, 0)) {
      case 0:
        return {};
      case MBEDTLS_ERR_PK_PASSWORD_REQUIRED:
      case MBEDTLS_ERR_PK_PASSWORD_MISMATCH:
        message = "key '" + path + "' is encrypted; decrypt it (openssl pkey) and chmod 600 it";
        return Error::kUnsupported;
      default:
        return is_broken("key", path, message);
    }
  }

  Status load_crl(const std::string& path, std::string& message) {
    Content content;
    AIOT_TRY(read(path, "CRL", Secrecy::kPublic, content, message));
    if (::mbedtls_x509_crl_parse(&crls, content.data(), content.size()) != 0) {
      return is_broken("CRL", path, message);
    }
    has_crls = true;
    return {};
  }

  Status load(const TlsFiles& files, std::string& message) {
    if (files.ca.empty()) {
      message = "TLS needs the certificate of the CA; name its file";
      return Error::kInvalidArgument;
    }
    if (files.certificate.empty() != files.key.empty()) {
      message = files.key.empty() ? "certificate '" + files.certificate + "' needs its key; name it"
                                  : "key '" + files.key + "' needs its certificate; name it";
      return Error::kInvalidArgument;
    }
    AIOT_TRY(load_certificates(files.ca, "CA", ca, message));
    if (!files.certificate.empty()) {
      AIOT_TRY(load_certificates(files.certificate, "certificate", certificate, message));
      AIOT_TRY(load_key(files.key, message));
      if (::mbedtls_pk_check_pair(&certificate.pk, &key) != 0) {
        message = "key '" + files.key + "' does not fit certificate '" + files.certificate +
                  "'; name a pair";
        return Error::kUnauthentic;
      }
      has_certificate = true;
    }
    for (const std::string& path : files.crls) {
      AIOT_TRY(load_crl(path, message));
    }
    message.clear();
    return {};
  }
};

TlsIdentity::TlsIdentity() : parts_(std::make_unique<Parts>()) {}

TlsIdentity::~TlsIdentity() = default;

Status TlsIdentity::load(const TlsFiles& files, std::string& message) {
  return parts_->load(files, message);
}

mbedtls_x509_crt* TlsIdentity::ca() const noexcept {
  return &parts_->ca;
}

mbedtls_x509_crt* TlsIdentity::certificate() const noexcept {
  return parts_->has_certificate ? &parts_->certificate : nullptr;
}

mbedtls_pk_context* TlsIdentity::key() const noexcept {
  return parts_->has_certificate ? &parts_->key : nullptr;
}

mbedtls_x509_crl* TlsIdentity::crls() const noexcept {
  return parts_->has_crls ? &parts_->crls : nullptr;
}

}  // namespace aiot::linux_port
