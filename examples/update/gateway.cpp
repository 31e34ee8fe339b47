// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "examples/update/gateway.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <utility>

#include "aiot/link/commands.hpp"
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

/// Entries of moments before the boot have no time; the pauses between them are right all the same.
constexpr Instant undated(Instant now) noexcept {
  constexpr Duration kLongAgo = Duration::from_s(-1'000'000'000);
  return now + kLongAgo;
}

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

/// The lock of who waits for the store; released when it goes.
class Turn {
 public:
  explicit Turn(const std::string& folder) noexcept
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  ~Turn() {
    if (folder_ >= 0) {
      ::close(folder_);
    }
  }

  /// False: somebody else waits.
  [[nodiscard]] bool take() const noexcept { return ::flock(folder_, LOCK_EX | LOCK_NB) == 0; }

 private:
  int folder_;
};

std::string result_of(const update::AuditEntry& entry) {
  switch (entry.kind) {
    case AuditKind::kVerdict: {
      const update::InstallVerdict verdict{static_cast<update::InstallFault>(entry.code & 0xFFU),
                                           static_cast<update::ImageFault>(entry.code >> 8U)};
      return verdict.ok() ? "accepted" : update::reason_text(update::reason_of(verdict));
    }
    case AuditKind::kReturn:
      return update::to_string(static_cast<update::Cause>(entry.code));
    case AuditKind::kRefused: {
      const link::CommandAnswer answer = link::answer_of(0, static_cast<std::uint16_t>(entry.code));
      return answer.error != Error::kNone ? to_string(answer.error) : to_string(answer.fault);
    }
    case AuditKind::kCommand: {
      const char* const verb = to_string(static_cast<link::CommandVerb>(entry.code));
      return verb != nullptr ? verb : "";
    }
    default:
      return "";
  }
}

constexpr std::size_t kFirmware = static_cast<std::size_t>(ImageType::kFirmware);

}  // namespace

char slot_name(std::uint8_t slot) {
  return slot == 0 ? 'A' : 'B';
}

int fail(const std::string& problem) {
  std::fprintf(stderr, "update: %s\n", problem.c_str());
  return 1;
}

std::string text_of(const update::AuditEntry& entry) {
  const char* const kind = update::to_string(entry.kind);
  if (kind == nullptr) {
    return "";
  }
  std::string text = kind;
  if (entry.type != update::kNotStated) {
    text += " " + toolkit::version_text(entry.version);
  }
  if (entry.slot < update::kSlots) {
    text += std::string(" slot ") + slot_name(entry.slot);
  }
  const std::string result = result_of(entry);
  return result.empty() ? text : text + ": " + result;
}

void print_wanted(const update::Installer& installer, const update::Version& version) {
  std::printf("version %s is wanted from byte %u on, for slot %c\n",
              toolkit::version_text(version).c_str(),
              installer.offset(),
              slot_name(installer.slot()));
}

void print_progress(const update::Installer& installer, std::uint32_t offset) {
  constexpr std::uint32_t kLine = 64U << 10U;
  if (installer.offset() / kLine != offset / kLine) {
    std::printf("%u of %u bytes\n", installer.offset(), installer.size());
    (void)std::fflush(stdout);
  }
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
  if (!open_store()) {
    return false;
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

/// In turn: whoever keeps the store for longer sees by the turn that is taken that it is wanted.
bool Gateway::open_store() {
  const Turn turn(folder_);
  bool taken = turn.take();
  Status opened = Error::kWouldBlock;
  for (int i = 0; i <= 500 && opened.error() == Error::kWouldBlock; ++i) {
    if (i != 0) {
      sleep_ms(10);
    }
    taken = taken || turn.take();
    if (taken) {
      opened = store_.open(path("store"), linux_port::Access::kReadWrite);
    }
  }
  if (!taken) {
    return fail("other processes wait for '" + folder_ + "'; try again");
  }
  return opened.ok() || fail(store_.message());
}

void Gateway::close() noexcept {
  installer_.reset();
  slots_.close();
  store_.close();
}

bool Gateway::wanted() const noexcept {
  return !Turn(folder_).take();
}

Status Gateway::mount(device::CommandRecord& commands) noexcept {
  return commands.mount(store_.flash(), store_.layout().map.commands);
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

update::InstallVerdict Gateway::offer(Bytes offer, Instant now) {
  return reported(keeper_.offer(*installer_, offer, undated(now)));
}

update::InstallVerdict Gateway::write(std::uint32_t offset, Bytes bytes, Instant now) {
  return reported(keeper_.write(*installer_, offset, bytes, undated(now)));
}

update::InstallVerdict Gateway::finish(Instant now) {
  return reported(keeper_.finish(*installer_, undated(now)));
}

update::InstallVerdict Gateway::finish(const Hash256& file, Instant now) {
  return reported(keeper_.finish(*installer_, file, undated(now)));
}

bool Gateway::holds(ImageType type, const update::ImageId& image) const noexcept {
  const update::SlotPair& pair = record_.state().of(type);
  return std::ranges::any_of(pair.slot, [&](const update::SlotRecord& slot) {
    return (slot.state == SlotState::kTrial || slot.state == SlotState::kConfirmed) &&
           slot.id == image;
  });
}

void Gateway::tell(const update::AuditEntry& entry) {
  (void)report("takes nothing", keeper_.append(entry, undated({})));
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
  return report("takes nothing", keeper_.append(entry, undated({})));
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
  (void)report("takes nothing", keeper_.use_keys(keys_, undated({})));
  tell_returns();
  (void)report("takes nothing", keeper_.tell_confirmed(undated({})));
}

void Gateway::seal() {
  (void)report("is not sealed", keeper_.seal());
}

}  // namespace gateway
