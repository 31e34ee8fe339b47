// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A device that is updated for a long time in a bad world: power cuts, bad images, lost links,
// sectors that fail for a while, images that hang or never become healthy. After every round it
// runs a confirmed image. What it does goes into its audit log, whose flash is as bad; at every
// start the log is verified, and compared with what was in it before. AIOT_FULL=1: ten thousand
// rounds. AIOT_SEED chooses others.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/update/audit_keeper.hpp"
#include "aiot/update/installer.hpp"
#include "aiot/update/model_slots.hpp"
#include "aiot/update/slot_start.hpp"
#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/audit_rig.hpp"
#include "tests/update/sample_image.hpp"

namespace {

using namespace aiot;
using namespace aiot::update_test;
using update::AuditKind;
using update::ImageType;
using update::SlotState;

constexpr std::uint32_t kSector = 512;
constexpr std::uint32_t kRecordSectors = 6;
constexpr std::uint32_t kSlotSectors = 6;
constexpr std::uint32_t kAuditSectors = 8;
constexpr std::uint32_t kAuditFirst = kRecordSectors + 4 * kSlotSectors;
constexpr std::uint32_t kSize = (kAuditFirst + kAuditSectors) * kSector;
constexpr hal::FlashRegion kAudit{kAuditFirst * kSector, kAuditSectors* kSector};
constexpr Instant kNow{1'000'000};
constexpr std::uint32_t kAddresses[2] = {0x10000, 0x20000};
constexpr std::string_view kProduct = "node-1";

/// What the test knows of an image; the device finds out.
struct Image {
  std::vector<std::byte> bytes;
  std::vector<std::byte> offer;
  update::Version version{};
  std::uint32_t counter = 0;
  bool valid = true;
  bool hangs = false;
  bool healthy = true;
};

struct Counts {
  std::uint32_t boots = 0;
  std::uint32_t cuts = 0;
  std::uint32_t confirmed = 0;
  std::uint32_t returned = 0;
  std::uint32_t refused = 0;
  std::uint32_t faults = 0;
  std::uint32_t verified = 0;  // audit logs
  std::uint32_t behind = 0;    // of them those with a seal that the boot record did not know
  std::uint32_t untold = 0;    // entries or seals that could not be written
};

class World {
 public:
  World(std::uint32_t program, std::uint32_t seed)
      : bytes_(kSize),
        granules_(program == 1 ? 0 : kSize / program),
        flash_({.size = kSize,
                .sector = kSector,
                .page = 256,
                .program = program,
                .erased = std::byte{0xFF},
                .reprogram = program == 1},
               sim::SimFlash::Ecc::kYes,
               bytes_,
               granules_),
        buffer_(update::kInstallerBuffer),
        random_(seed) {
    flash_.blank();
    for (const ImageType type : {ImageType::kFirmware, ImageType::kModel}) {
      Image& image = confirmed_[index(type)];
      image = make(type, 0);
      EXPECT_TRUE(write_sample(flash_, slots(type)[0], image.bytes).ok());
    }
  }

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// One image is offered and decided, whatever happens meanwhile; false: the device is lost.
  bool round() {
    type_ = draw(2) == 0 ? ImageType::kFirmware : ImageType::kModel;
    candidate_.reset();
    settled_ = false;
    set_bad_sector();
    for (int boots = 0; !settled_; ++boots) {
      if (boots == 60) {
        ADD_FAILURE() << "does not come to an end";
        return false;
      }
      if (boots < 12 && draw(2) == 0) {
        flash_.cut_at(1 + draw(40), sim::kCutKinds[draw(4)], random());
      }
      if (boots == 20) {
        flash_.set_bad_sectors({});
      }
      ++counts.boots;
      if (!boot()) {
        return false;
      }
      if (!flash_.powered()) {
        ++counts.cuts;
        cause_ = hal::ResetCause::kPowerOn;
      }
      flash_.power_on();
    }
    flash_.set_bad_sectors({});
    EXPECT_EQ(flash_.violations(), 0U);
    return flash_.violations() == 0;
  }

  /// The audit log once more, from a start without any fault.
  bool verify() {
    update::BootRecord record;
    EXPECT_TRUE(record.mount(flash_, {0, kRecordSectors * kSector}).ok());
    update::AuditLog log;
    return check_audit(log, record.state().seal);
  }

  /// Entries of this kind that were ever in the audit log.
  std::uint32_t entries(AuditKind kind) const {
    return static_cast<std::uint32_t>(std::ranges::count(story_, kind, &update::AuditEntry::kind));
  }

  std::uint32_t seals() const { return seals_; }

  std::uint32_t complete_from() const { return complete_from_; }

  Counts counts;

 private:
  static std::size_t index(ImageType type) { return static_cast<std::size_t>(type); }

  std::uint32_t random() { return static_cast<std::uint32_t>(random_()); }

  std::uint32_t draw(std::uint32_t below) { return random() % below; }

  static std::array<hal::FlashRegion, 2> slots(ImageType type) {
    const std::uint32_t size = kSlotSectors * kSector;
    const std::uint32_t first =
        kRecordSectors * kSector + (type == ImageType::kModel ? 2 * size : 0);
    return {hal::FlashRegion{first, size}, hal::FlashRegion{first + size, size}};
  }

  bool holds(ImageType type, std::uint8_t slot, const Image& image) const {
    const std::uint32_t at = slots(type)[slot].offset;
    return std::memcmp(&bytes_[at], image.bytes.data(), image.bytes.size()) == 0;
  }

  /// An image for `slot`, newer than the confirmed one; one in two has something wrong.
  Image make(ImageType type, std::uint8_t slot) {
    const Image& old = confirmed_[index(type)];
    Image image;
    image.version = old.version;
    image.version.build += 1 + draw(3);
    image.counter = old.counter + draw(2);
    if (old.bytes.empty()) {
      image.counter = 1;
    }
    SampleSpec spec;
    spec.payload_bytes = 600 + draw(1600);
    spec.seed = random();
    spec.product = kProduct;
    spec.type = type;
    if (type == ImageType::kFirmware) {
      spec.flags = update::kImageRomFixed;
      spec.load_address = kAddresses[slot];
    }
    bool torn = false;
    if (!old.bytes.empty()) {
      const std::uint32_t wrong = draw(14);
      image.valid = wrong > 5;
      image.hangs = wrong == 6;
      image.healthy = wrong != 7 && wrong != 8;
      torn = wrong == 0;
      if (wrong == 1) {
        spec.signer = Signer::kNobody;
      } else if (wrong == 2) {
        spec.product = "node-2";
      } else if (wrong == 3) {
        image.version = {};
      } else if (wrong == 4) {
        image.counter = old.counter - 1;
      } else if (wrong == 5) {
        spec.payload_bytes = kSlotSectors * kSector;
      }
    }
    spec.version = image.version;
    spec.counter = image.counter;
    image.bytes.resize(8192);
    image.bytes.resize(make_sample(spec, image.bytes).size());
    image.offer.resize(update::kMaxOfferBytes);
    image.offer.resize(*update::make_offer(image.bytes, image.offer));
    if (torn) {
      image.bytes[draw(static_cast<std::uint32_t>(image.bytes.size()))] ^= std::byte{16};
    }
    return image;
  }

  /// Sometimes a sector of a slot, the record or the audit log fails for a while.
  void set_bad_sector() {
    bad_.clear();
    if (draw(4) == 0) {
      const std::uint32_t where = draw(3);
      const std::uint32_t sector = where == 0   ? draw(kRecordSectors)
                                   : where == 1 ? draw(kAuditSectors) + kAuditFirst
                                                : draw(4 * kSlotSectors) + kRecordSectors;
      bad_.push_back(
          {sector,
           std::array{sim::Fails::kPrograms, sim::Fails::kErases, sim::Fails::kBoth}[draw(3)],
           draw(5),
           draw(2) == 0 ? sim::CutKind::kOld : sim::CutKind::kPrefix});
    }
    flash_.set_bad_sectors(bad_);
  }

  update::VerifyPolicy policy() const {
    update::VerifyPolicy policy;
    policy.keys = {&key_, 1};
    policy.schemes = {&scheme_, 1};
    return policy;
  }

  /// What is started is what was confirmed, or a valid candidate on trial.
  bool check_start(ImageType type, std::uint8_t slot, bool trial) {
    const bool candidate = type == type_ && candidate_.has_value() && candidate_->valid &&
                           holds(type, slot, *candidate_);
    if (candidate && !trial && confirming_) {
      accept();  // the power failed when the confirmation was durable, and nobody was told
      return true;
    }
    const bool known = trial ? candidate : holds(type, slot, confirmed_[index(type)]);
    EXPECT_TRUE(known) << "started an image that is neither confirmed nor on trial";
    return known;
  }

  void accept() {
    confirmed_[index(type_)] = *candidate_;
    confirming_ = false;
    settled_ = true;
    ++counts.confirmed;
  }

  /// Mounts the log and verifies it. What is in it and was there before has not changed; nothing
  /// that was there is missing but what the log says it has given up.
  bool check_audit(update::AuditLog& log, std::uint32_t known_seal) {
    const Status mounted = log.mount(flash_, kAudit, keys_, known_seal);
    EXPECT_TRUE(mounted.ok()) << "the audit log is lost: " << to_string(mounted.error());
    if (!mounted.ok()) {
      return false;
    }
    const update::AuditReport report =
        update::verify_audit(log.log(), hal::KeyStoreRef(keys_), known_seal);
    bool good = report.fault == update::AuditFault::kNone;
    EXPECT_TRUE(good) << "false alarm: " << to_string(report.fault) << " at " << report.at;
    ++counts.verified;
    counts.behind += report.newest_seal > known_seal ? 1U : 0U;
    seals_ = report.newest_seal;
    complete_from_ = report.complete_from;
    store::FrameCursor cursor;
    std::array<std::byte, update::kAuditSealBytes> frame{};
    std::uint32_t next = report.complete_from;
    while (good && log.log().advance(cursor, frame).ok()) {
      const auto entry = update::decode_entry(Bytes(frame).first(cursor.length));
      if (!entry.ok() || entry->sequence < report.complete_from) {
        continue;
      }
      good = entry->sequence == next++;
      if (entry->sequence < story_.size()) {
        good = good && equal(*entry, story_[entry->sequence]);
      } else {
        story_.push_back(*entry);
      }
      EXPECT_TRUE(good) << "entry " << next - 1 << " is another one";
    }
    EXPECT_EQ(next, story_.size()) << "entries are lost";
    EXPECT_GE(next, appended_) << "entries are lost";
    return good && next == story_.size() && next >= appended_;
  }

  void note(Status told) { counts.untold += told.ok() || !flash_.powered() ? 0U : 1U; }

  void tell(update::AuditKeeper& keeper,
            const update::BootRecord& record,
            AuditKind kind,
            ImageType type,
            std::uint8_t slot,
            std::uint32_t code) {
    const update::SlotRecord& image = record.state().of(type).slot[slot];
    update::AuditEntry entry;
    entry.kind = kind;
    entry.type = static_cast<std::uint8_t>(type);
    entry.slot = slot;
    entry.code = code;
    entry.version = image.version;
    entry.id = image.id;
    note(keeper.append(entry, kNow));
    note(keeper.service(kNow));
  }

  /// Whatever was given up, by the loader or by the application, and is not in the log yet.
  void tell_returns(update::AuditKeeper& keeper,
                    const update::BootRecord& record,
                    update::Installer& installer) {
    for (const ImageType type : {ImageType::kFirmware, ImageType::kModel}) {
      for (std::uint8_t slot = 0; slot < update::kSlots; ++slot) {
        const update::SlotRecord image = record.state().of(type).slot[slot];
        if (image.state == SlotState::kReturned && !image.told) {
          tell(keeper,
               record,
               AuditKind::kReturn,
               type,
               slot,
               static_cast<std::uint32_t>(image.cause));
          (void)installer.set_told(type, slot);
        }
      }
    }
  }

  /// One start; false when the device is lost. Without power it just ends.
  bool boot() {
    update::BootRecord record;
    const Status mounted = record.mount(flash_, {0, kRecordSectors * kSector});
    EXPECT_TRUE(mounted.ok()) << "the record is lost: " << to_string(mounted.error());
    if (!mounted.ok()) {
      return false;
    }
    update::AuditLog log;
    if (!check_audit(log, record.state().seal)) {
      return false;
    }
    // The element that keeps the key does not answer; beside a bad sector and a cut that is too
    // much.
    keys_.missing = draw(20) == 0 && bad_.empty();
    const bool good = run(record, log);
    keys_.missing = false;
    appended_ = log.next_sequence();
    return good;
  }

  bool run(update::BootRecord& record, update::AuditLog& log) {
    update::StartRequest request{.flash = flash_,
                                 .slots = slots(ImageType::kFirmware),
                                 .addresses = {kAddresses[0], kAddresses[1]},
                                 .policy = policy(),
                                 .product = kProduct,
                                 .cause = cause_};
    cause_ = hal::ResetCause::kSoftware;
    const auto firmware = update::start_slot(record, request, buffer_);
    if (!flash_.powered()) {
      return true;
    }
    EXPECT_TRUE(firmware.ok()) << "no firmware can be started";
    if (!firmware.ok() || !check_start(ImageType::kFirmware, firmware->slot, firmware->trial)) {
      return false;
    }
    request.slots = slots(ImageType::kModel);
    const auto model = update::start_model(record, request, buffer_);
    if (!flash_.powered()) {
      return true;
    }
    EXPECT_TRUE(model.ok()) << "no model can be started";
    if (!model.ok() || !check_start(ImageType::kModel, model->slot, model->trial)) {
      return false;
    }
    (void)record.count_boot();
    if (!flash_.powered()) {
      return true;
    }
    update::InstallerConfig config;
    config.slots = {slots(ImageType::kFirmware), slots(ImageType::kModel)};
    config.running = {firmware->slot, model->slot};
    config.addresses = request.addresses;
    config.product = kProduct;
    config.policy = policy();
    update::Installer installer(flash_, record, config, buffer_);
    update::AuditKeeper keeper(log, record);
    note(keeper.service(kNow));
    tell_returns(keeper, record, installer);
    note(keeper.tell_confirmed(kNow));
    note(keeper.service(kNow));
    if (!flash_.powered() || settled_) {
      return true;
    }
    const bool firmware_round = type_ == ImageType::kFirmware;
    const auto& pair = record.state().of(type_);
    for (const update::SlotPair& each : record.state().pair) {
      const auto which = static_cast<std::size_t>(&each - record.state().pair.data());
      const bool may_rise = confirming_ && which == index(type_);
      const bool right =
          may_rise || update::is_factory(each) || each.counter == confirmed_[which].counter;
      EXPECT_TRUE(right) << "a counter that nobody confirmed";
      if (!right) {
        return false;
      }
    }
    if (firmware_round ? firmware->trial : model->trial) {
      on_trial(keeper, record, installer, firmware_round ? firmware->slot : model->slot);
      return true;
    }
    const std::uint8_t idle = (firmware_round ? firmware->slot : model->slot) ^ 1U;
    if (tried_ && pair.slot[idle].state == SlotState::kReturned) {
      tried_ = false;
      settled_ = true;
      ++counts.returned;
      return true;
    }
    receive(keeper, installer, pair, idle);
    if (draw(4) != 0) {  // it runs for a while
      note(keeper.service(kNow + update::AuditKeeper::kIdle));
    }
    return true;
  }

  void on_trial(update::AuditKeeper& keeper,
                const update::BootRecord& record,
                update::Installer& installer,
                std::uint8_t slot) {
    tell(keeper, record, AuditKind::kTrial, type_, slot, 0);
    if (candidate_->hangs) {
      cause_ = hal::ResetCause::kWatchdog;
    } else if (candidate_->healthy) {
      confirming_ = true;
      if (installer.confirm(type_).ok()) {
        accept();
        tell(keeper, record, AuditKind::kConfirm, type_, slot, 0);
      }
    } else if (draw(2) == 0) {
      (void)installer.give_up(type_, update::Cause::kNoSamples);
      tell_returns(keeper, record, installer);
    }
  }

  void receive(update::AuditKeeper& keeper,
               update::Installer& installer,
               const update::SlotPair& pair,
               std::uint8_t idle) {
    // A trial may be undecided only because the record could not be written.
    if (!candidate_.has_value() && pair.slot[idle].state != SlotState::kTrial) {
      candidate_ = make(type_, idle);
      tried_ = false;
    }
    if (!candidate_.has_value()) {
      return;
    }
    const update::AuditedVerdict offered = keeper.offer(installer, candidate_->offer, kNow);
    note(offered.told);
    update::InstallVerdict verdict = offered.verdict;
    const std::size_t block = 1 + draw(700);
    for (std::size_t at = verdict.offset; verdict.ok() && at < candidate_->bytes.size();
         at += block) {
      if (draw(60) == 0) {
        return;  // the link is lost, or somebody presses reset
      }
      const std::size_t left = candidate_->bytes.size() - at;
      verdict = installer.write(static_cast<std::uint32_t>(at),
                                Bytes(candidate_->bytes).subspan(at, std::min(block, left)));
    }
    if (verdict.ok()) {
      const update::AuditedVerdict finished = keeper.finish(installer, kNow);
      note(finished.told);
      verdict = finished.verdict;
    }
    if (!flash_.powered()) {
      tried_ = true;  // it may have been committed all the same
      return;
    }
    if (verdict.ok()) {
      EXPECT_TRUE(candidate_->valid) << "a bad image was taken";
      tried_ = true;
      return;
    }
    if (verdict.fault != update::InstallFault::kTrialRuns) {
      (candidate_->valid ? counts.faults : counts.refused) += 1;
      settled_ = true;  // it is told what is wrong, and gives up
    }
  }

  std::vector<std::byte> bytes_;
  std::vector<std::uint8_t> granules_;
  sim::SimFlash flash_;
  std::vector<std::byte> buffer_;
  std::vector<sim::BadSector> bad_;
  std::mt19937 random_;
  update::TrustedKey key_ = fast_trusted_key();
  crypto::SignatureScheme scheme_ = kFastScheme;
  TestKeys keys_;
  std::vector<update::AuditEntry> story_;  // every entry that was ever read
  std::uint32_t appended_ = 0;             // so many were durable at the end of the last start
  std::uint32_t seals_ = 0;
  std::uint32_t complete_from_ = 0;
  std::array<Image, 2> confirmed_;
  std::optional<Image> candidate_;
  ImageType type_ = ImageType::kFirmware;
  hal::ResetCause cause_ = hal::ResetCause::kPowerOn;
  bool confirming_ = false;  // the application has called `confirm` for the candidate
  bool tried_ = false;       // the candidate may have become the trial
  bool settled_ = false;
};

void run_rounds(std::uint32_t program, std::uint32_t seed) {
  const char* const full = std::getenv("AIOT_FULL");
  const std::uint32_t rounds = full != nullptr && std::string_view(full) == "1" ? 10000 : 400;
  const char* const other = std::getenv("AIOT_SEED");
  World world(program,
              seed + (other != nullptr ? 3 * static_cast<std::uint32_t>(std::stoul(other)) : 0));
  for (std::uint32_t i = 0; i < rounds; ++i) {
    if (!world.round()) {
      ADD_FAILURE() << "round " << i << ", units of " << program;
      return;
    }
  }
  EXPECT_TRUE(world.verify());
  const Counts& c = world.counts;
  std::printf(
      "update rounds, units of %u: %u rounds, %u boots, %u cuts; %u confirmed, %u returned, "
      "%u refused, %u ended by the flash\n",
      program,
      rounds,
      c.boots,
      c.cuts,
      c.confirmed,
      c.returned,
      c.refused,
      c.faults);
  std::printf("  audit log: %u entries (", world.complete_from());
  for (unsigned kind = 1; kind <= static_cast<unsigned>(AuditKind::kReturn); ++kind) {
    const std::uint32_t entries = world.entries(static_cast<AuditKind>(kind));
    std::printf("%s %u, ", to_string(static_cast<AuditKind>(kind)), entries);
    EXPECT_GT(entries, rounds / 40);
  }
  std::printf(
      "complete from there), %u seals, verified %u times, %u times with a seal that the boot "
      "record "
      "did not know; %u entries and seals were not written\n",
      world.seals(),
      c.verified,
      c.behind,
      c.untold);
  // One for each confirmation; the newest may wait for the next start.
  EXPECT_GE(world.entries(AuditKind::kConfirm) + 2, c.confirmed);
  EXPECT_LE(world.entries(AuditKind::kConfirm), c.confirmed);
  EXPECT_GT(c.behind, 0U);
  EXPECT_GT(c.untold, 0U);
  EXPECT_GT(c.confirmed, rounds / 10);
  EXPECT_GT(c.returned, rounds / 40);
  EXPECT_GT(c.refused, rounds / 10);
  EXPECT_GT(c.cuts, rounds / 4);
}

TEST(UpdateRounds, LoseNoDeviceOnBits) {
  run_rounds(1, 1);
}

TEST(UpdateRounds, LoseNoDeviceOnUnitsOf8) {
  run_rounds(8, 2);
}

TEST(UpdateRounds, LoseNoDeviceOnUnitsOf32) {
  run_rounds(32, 3);
}

}  // namespace
