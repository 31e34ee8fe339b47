// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/broker_link.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <random>
#include <utility>

#include "aiot/toolkit/files.hpp"

namespace aiot::cli {

using linux_port::LinkFault;
using linux_port::Scheme;

void add_broker_options(CLI::App& verb, BrokerOptions& options) {
  verb.add_option("--broker", options.url, "MQTT broker: mqtts://host[:port] or mqtt://host[:port]")
      ->type_name("URL");
  verb.add_option("--ca", options.ca, "Certificates that the broker's is verified with (PEM)")
      ->type_name("FILE");
  verb.add_option("--cert", options.certificate, "Own certificate (PEM)")->type_name("FILE");
  verb.add_option("--key", options.key, "Its private key, which only you can read (PEM)")
      ->type_name("FILE");
  verb.add_option("--crl", options.crls, "Revoked certificates (PEM or DER); several are allowed")
      ->type_name("FILE");
  verb.add_option("--user", options.user, "Name for a broker that asks for one")->type_name("NAME");
  verb.add_option("--password-file",
                  options.password_file,
                  "File whose first line is the password; only you can read it")
      ->type_name("FILE");
  verb.add_option("--prefix", options.prefix, "Begin of the topics")
      ->type_name("TEXT")
      ->capture_default_str();
}

namespace {

bool is_topic_level(const std::string& text) {
  return text.find_first_of("+#") == std::string::npos && text.find('\0') == std::string::npos;
}

}  // namespace

std::optional<std::string> usage_problem(const BrokerOptions& options) {
  if (options.url.empty()) {
    const bool stray = !options.ca.empty() || !options.certificate.empty() ||
                       !options.key.empty() || !options.crls.empty() || !options.user.empty();
    return stray ? std::optional("--ca, --cert, --key, --crl and --user want --broker URL")
                 : std::nullopt;
  }
  if (options.prefix.empty() || options.prefix.size() > link::kMaxPrefixBytes ||
      !is_topic_level(options.prefix) || options.prefix.front() == '/' ||
      options.prefix.back() == '/') {
    return "--prefix has to be 1 to " + std::to_string(link::kMaxPrefixBytes) +
           " bytes without + and #, and without / at its ends";
  }
  linux_port::BrokerUrl url;
  std::string message;
  if (!linux_port::parse_broker_url(options.url, url, message).ok()) {
    return message;
  }
  if (url.scheme == Scheme::kMqtts && options.ca.empty()) {
    return "mqtts:// wants --ca FILE, the certificates that the broker's is verified with";
  }
  if (url.scheme == Scheme::kMqtt &&
      (!options.ca.empty() || !options.certificate.empty() || !options.crls.empty())) {
    return "--ca, --cert and --crl want mqtts://, mqtt:// is not encrypted; use mqtts://";
  }
  if (options.certificate.empty() != options.key.empty()) {
    return "--cert and --key belong together";
  }
  if (options.user.empty() && !options.password_file.empty()) {
    return "--password-file wants --user";
  }
  return std::nullopt;
}

std::optional<std::string> read_password(const BrokerOptions& options, std::string& password) {
  if (options.password_file.empty()) {
    return std::nullopt;
  }

  struct stat about {};

  if (::stat(options.password_file.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
      (about.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    return options.password_file + ": others can read it; chmod 600 it";
  }
  const auto content = toolkit::read_file(options.password_file);
  if (!content.ok()) {
    return content.problem().text;
  }
  const auto end = std::find(content->begin(), content->end(), std::byte{'\n'});
  std::transform(content->begin(), end, std::back_inserter(password), [](std::byte b) {
    return static_cast<char>(b);
  });
  return std::nullopt;
}

BrokerLink::BrokerLink(Tell tell) : tell_(std::move(tell)) {
  std::random_device device;
  random_ = (std::uint64_t{device()} << 32U) | device();
}

Bytes BrokerLink::as_bytes(const std::string& text) noexcept {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::optional<std::string> BrokerLink::open(const BrokerOptions& options) {
  std::string message;
  if (!linux_port::parse_broker_url(options.url, url_, message).ok()) {
    return message;
  }
  name_ = linux_port::endpoint(url_.host, url_.port);
  if (url_.scheme == Scheme::kMqtts) {
    const linux_port::TlsFiles files{.ca = options.ca,
                                     .certificate = options.certificate,
                                     .key = options.key,
                                     .crls = options.crls};
    if (!tls_.load(files, message).ok()) {
      return message;
    }
  }
  user_ = options.user;
  return read_password(options, password_);
}

LinkFault BrokerLink::fault() const noexcept {
  return url_.scheme == Scheme::kMqtts ? tls_.fault() : tcp_.fault();
}

const std::string& BrokerLink::message() const noexcept {
  return url_.scheme == Scheme::kMqtts ? tls_.message() : tcp_.message();
}

Status BrokerLink::dial() {
  return url_.scheme == Scheme::kMqtts ? tls_.connect(url_.host, url_.port, kDialLimit)
                                       : tcp_.connect(url_.host, url_.port, kDialLimit);
}

hal::LinkState BrokerLink::state() {
  return url_.scheme == Scheme::kMqtts ? tls_.state() : tcp_.state();
}

Result<std::size_t> BrokerLink::send(Bytes in) {
  return url_.scheme == Scheme::kMqtts ? tls_.send(in) : tcp_.send(in);
}

Result<std::size_t> BrokerLink::receive(MutableBytes out) {
  return url_.scheme == Scheme::kMqtts ? tls_.receive(out) : tcp_.receive(out);
}

void BrokerLink::wait(Duration limit) {
  url_.scheme == Scheme::kMqtts ? tls_.wait(limit) : tcp_.wait(limit);
}

void BrokerLink::step(Instant now) {
  if (state() != hal::LinkState::kDown) {
    if (failures_ > 0 && state() == hal::LinkState::kUp && now - dialled_at_ > kProof) {
      proved();
    }
    return;
  }
  if (dialled_) {
    dialled_ = false;
    complain(fault() == LinkFault::kNone ? name_ + ": the connection has ended" : message());
    pause(now);
    return;
  }
  if (now < next_) {
    return;
  }
  dialled_at_ = now;
  dialled_ = dial().ok();
  if (!dialled_) {
    complain(message());
    pause(now);
  }
}

void BrokerLink::proved() {
  failures_ = 0;
  problem_.clear();
}

void BrokerLink::drop(const std::string& reason, Instant now) {
  const bool link_says_more = fault() != LinkFault::kNone;
  const std::string text = link_says_more ? message() : name_ + ": " + reason;
  close();
  complain(text);
  pause(now);
}

void BrokerLink::close() noexcept {
  dialled_ = false;
  url_.scheme == Scheme::kMqtts ? tls_.close() : tcp_.close();
}

void BrokerLink::complain(const std::string& problem) {
  if (problem != problem_) {
    problem_ = problem;
    tell_(problem_);
  }
}

/// Doubles up to the longest one; the upper half is random.
void BrokerLink::pause(Instant now) {
  constexpr std::uint32_t kDoublings = 8;
  const std::int64_t longest =
      std::min(kFirstPause.us << std::min(failures_, kDoublings), kLongestPause.us);
  ++failures_;
  std::minstd_rand engine(static_cast<std::minstd_rand::result_type>(random_ + failures_));
  std::uniform_int_distribution<std::int64_t> spread(longest / 2, longest);
  next_ = now + Duration{spread(engine)};
}

}  // namespace aiot::cli
