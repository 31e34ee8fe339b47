// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "examples/update/gateway.hpp"

#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <utility>

#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/image_signer.hpp"
#include "ports/linux/files.hpp"

namespace gateway {

using namespace aiot;
using linux_port::advice;
using update::AuditKind;
using update::ImageType;
using update::SlotState;

namespace {

/// A start is more than one process, and none knows how long it has run: entries have no time.
constexpr Instant kNow{};

/// Progress of a download is durable at the end of each sector.
constexpr hal::FlashGeometry kSlotGeometry{.size = kSlotBytes,
                                           .sector = 64U << 10U,
                                           .page = 4096,
                                           .program = 1,
                                           .erased = std::byte{0},
                                           .reprogram = true,
                                           .overwrite = true,
                                           .session = 0};
constexpr std::uint32_t kQueueSectors = 16;

// What is not named here is not linked.
constexpr std::array kSchemes = {crypto::kP256Scheme, crypto::kRsa2048Scheme};

void sleep_ms(long ms) {
  const timespec time{.tv_sec = 0, .tv_nsec = ms * 1'000'000};
  (void)::nanosleep(&time, nullptr);
}

constexpr std::size_t kFirmware = static_cast<std::size_t>(ImageType::kFirmware);

}  // namespace

char slot_name(std::uint8_t slot) {
  return slot == 0 ? 'A' : 'B';
}

Gateway::Gateway(std::string folder)
    : folder_(std::move(folder)), link_(path("current"), {"app_a", "app_b"}) {}

linux_port::FilePair::Paths Gateway::slot_paths() const {
  return {path("slot_a"), path("slot_b")};
}

bool Gateway::fail(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

/// The trusted key comes last: a folder without one is not complete, and is not opened.
bool Gateway::create(const std::string& trusted_key_file) {
  if (::access(path("trusted.pub.pem").c_str(), F_OK) == 0) {
    return fail("'" + folder_ + "' is a gateway already, and keeps its key; use another folder");
  }
  const auto key = toolkit::read_public_key(trusted_key_file);
  if (!key.ok()) {
    return fail(key.problem().text);
  }
  if (std::none_of(kSchemes.begin(), kSchemes.end(), [&](const crypto::SignatureScheme& scheme) {
        return scheme.kind == key->kind;
      })) {
    return fail(trusted_key_file + ": this gateway verifies P-256 and RSA; use such a key");
  }
  if (::mkdir(folder_.c_str(), 0755) != 0 && errno != EEXIST) {
    return fail("can not create '" + folder_ + "': " + advice(errno));
  }
  if (!linux_port::FilePair::create(slot_paths(), kSlotGeometry, problem_).ok()) {
    return false;
  }
  if (!store_.open_or_create(path("store"), linux_port::default_store_layout(kQueueSectors)).ok()) {
    return fail(store_.message());
  }
  std::array<std::byte, 32> secret{};
  const std::string pem = toolkit::public_pem(*key);
  if (::access(path("device.key").c_str(), F_OK) != 0 &&
      (::getrandom(secret.data(), secret.size(), 0) != ssize_t{secret.size()} ||
       !linux_port::replace_file(path("device.key"), secret, 0600, problem_).ok())) {
    return false;
  }
  return linux_port::replace_file(
             path("trusted.pub.pem"), as_bytes(pem.data(), pem.size()), 0644, problem_)
      .ok();
}

bool Gateway::open() {
  auto key = toolkit::read_public_key(path("trusted.pub.pem"));
  if (!key.ok()) {
    return fail("'" + folder_ + "' is no gateway (" + key.problem().text + ")");
  }
  trusted_ = std::move(*key);
  keys_ = {update::TrustedKey{trusted_.kind, trusted_.encoding}};
  if (!device_key_.load(path("device.key"), problem_).ok()) {
    return false;
  }
  // Who has the store open has the slots and the link, too.
  Status opened = store_.open(path("store"), linux_port::Access::kReadWrite);
  for (int i = 0; i < 500 && opened.error() == Error::kWouldBlock; ++i) {
    sleep_ms(10);
    opened = store_.open(path("store"), linux_port::Access::kReadWrite);
  }
  if (!opened.ok()) {
    return fail(store_.message());
  }
  if (!slots_.open(slot_paths(), kSlotGeometry, linux_port::Access::kReadWrite, problem_).ok()) {
    return false;
  }
  const hal::FlashMap& map = store_.layout().map;
  const Status record = record_.mount(store_.flash(), map.boot_record);
  if (!record.ok()) {
    return fail("the boot record can not be read (" + std::string(to_string(record.error())) +
                "); restore the folder");
  }
  // What takes no images can not be repaired from afar; what has no log can.
  const Status audit = audit_.mount(store_.flash(), map.audit, device_key_, record_.state().seal);
  if (!audit.ok()) {
    std::fprintf(stderr,
                 "update: the audit log can not be read (%s), nothing is logged; keep a copy of "
                 "'%s' to find out why, and make a new folder\n",
                 to_string(audit.error()),
                 path("store").c_str());
  }
  update::InstallerConfig config;
  config.slots[kFirmware] = {slots_.region(0), slots_.region(1)};
  config.product = kProduct;
  config.policy = policy();
  config.running[kFirmware] = running();
  installer_.emplace(slots_, record_, config, buffer_);
  return true;
}

/// By the link; but one that names a slot that may not run was not flipped yet.
std::optional<std::uint8_t> Gateway::running() {
  const Result<std::uint8_t> linked = link_.read();
  if (!linked.ok()) {
    return std::nullopt;
  }
  const SlotState state = record_.state().of(ImageType::kFirmware).slot[*linked].state;
  return state == SlotState::kConfirmed || state == SlotState::kTrial ? std::optional(*linked)
                                                                      : std::nullopt;
}

update::VerifyPolicy Gateway::policy() const noexcept {
  update::VerifyPolicy policy;
  policy.keys = keys_;
  policy.schemes = kSchemes;
  return policy;
}

Result<update::StartedSlot> Gateway::choose() {
  if (const auto boot = record_.count_boot(); !boot.ok()) {
    std::fprintf(stderr, "update: this start is not counted (%s)\n", to_string(boot.error()));
  }
  const update::StartRequest request{.flash = slots_,
                                     .slots = {slots_.region(0), slots_.region(1)},
                                     .policy = policy(),
                                     .product = kProduct};
  return update::start_slot(record_, request, buffer_);
}

/// A microcontroller runs the image where it lies. Here its payload becomes a file of its own,
/// because a program that is started has to begin at the first byte. What is verified is the very
/// copy in memory that is written, and an app that was changed since is made again.
bool Gateway::extract(const update::StartedSlot& started) {
  std::vector<std::byte> image(started.image.size_bytes);
  if (!slots_.read(slots_.region(started.slot).offset, image).ok()) {
    return fail("'" + slot_paths()[started.slot] + "' can not be read; start again");
  }
  const update::ImageVerdict verdict = update::verify_image(Bytes(image), policy(), buffer_);
  if (!verdict.ok() || verdict.image.hash != started.image.hash) {
    return fail("'" + slot_paths()[started.slot] + "' was changed while it was read; start again");
  }
  const Bytes payload =
      Bytes(image).subspan(verdict.image.header.header_bytes, verdict.image.header.payload_bytes);
  const std::string app = link_.file(started.slot);
  const auto before = toolkit::read_file(app);
  if (before.ok() && std::ranges::equal(*before, payload) && ::access(app.c_str(), X_OK) == 0) {
    return true;
  }
  return linux_port::replace_file(app, payload, 0755, problem_).ok();
}

update::InstallVerdict Gateway::offer(Bytes offer) {
  return reported(keeper_.offer(*installer_, offer, kNow));
}

update::InstallVerdict Gateway::write(std::uint32_t offset, Bytes bytes) {
  return reported(keeper_.write(*installer_, offset, bytes, kNow));
}

update::InstallVerdict Gateway::finish() {
  return reported(keeper_.finish(*installer_, kNow));
}

update::InstallVerdict Gateway::reported(const update::AuditedVerdict& audited) {
  (void)report("takes nothing", audited.told);
  return audited.verdict;
}

/// Whether there is nothing to report. What the log can not take is done all the same; that there
/// is no log was said when it was opened.
bool Gateway::report(const char* what, Status status) {
  if (!status.ok() && audit_.mounted()) {
    std::fprintf(stderr,
                 "update: the audit log %s (%s); check the disk of '%s'\n",
                 what,
                 to_string(status.error()),
                 folder_.c_str());
  }
  return status.ok();
}

bool Gateway::tell(AuditKind kind, std::uint8_t slot, std::uint32_t code) {
  const update::SlotRecord& image = record_.state().of(ImageType::kFirmware).slot[slot];
  update::AuditEntry entry;
  entry.kind = kind;
  entry.type = static_cast<std::uint8_t>(ImageType::kFirmware);
  entry.slot = slot;
  entry.code = code;
  entry.version = image.version;
  entry.id = image.id;
  return report("takes nothing", keeper_.append(entry, kNow));
}

/// The log before the record: a crash in between makes an entry come twice, none is missing.
void Gateway::tell_returns() {
  for (std::uint8_t slot = 0; slot < update::kSlots; ++slot) {
    const update::SlotRecord returned = record_.state().of(ImageType::kFirmware).slot[slot];
    if (returned.state != SlotState::kReturned || returned.told) {
      continue;
    }
    std::printf("slot %c returned: version %s, %s\n",
                slot_name(slot),
                toolkit::version_text(returned.version).c_str(),
                to_string(returned.cause));
    if (tell(AuditKind::kReturn, slot, static_cast<std::uint32_t>(returned.cause))) {
      (void)installer_->set_told(ImageType::kFirmware, slot);
    }
  }
}

void Gateway::tell_start() {
  (void)report("takes nothing", keeper_.use_keys(keys_, kNow));
  tell_returns();
  (void)report("takes nothing", keeper_.tell_confirmed(kNow));
}

void Gateway::seal() {
  (void)report("is not sealed", keeper_.seal());
}

}  // namespace gateway
