// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/updates.hpp"

#include "tests/device/update_rig.hpp"

namespace aiot::device_test {
namespace {

TEST(Updates, WithoutATrialWritesAndSaysNothing) {
  Factory factory;
  Boot boot(factory.flash);
  const update::BootState before = boot.record.state();
  boot.steps(20);
  EXPECT_TRUE(boot.record.state() == before);
  EXPECT_EQ(boot.audit.next_sequence(), 0U);
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
}

TEST(Updates, ANewFirmwareAsksForAResetAndIsConfirmedWhenItIsHealthy) {
  Factory factory;
  {
    Boot boot(factory.flash);
    EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
    boot.install(firmware(6, 1));
    EXPECT_TRUE(boot.step() == UpdateStep::kReset);
  }
  Boot boot(factory.flash);
  EXPECT_TRUE(boot.updates->on_trial(ImageType::kFirmware));
  boot.steps(kRule.windows - 1);
  EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).state == SlotState::kTrial);
  boot.steps(3);
  EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).state == SlotState::kConfirmed);
  EXPECT_FALSE(boot.updates->on_trial(ImageType::kFirmware));
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
  EXPECT_EQ(boot.events(EventId::kTrialStarted, kFirmwareType), 1U);
  EXPECT_EQ(boot.events(EventId::kConfirmed, kFirmwareType), 1U);
  EXPECT_TRUE(boot.told({AuditKind::kOffer,
                         AuditKind::kVerdict,
                         AuditKind::kVerdict,
                         AuditKind::kInstall,
                         AuditKind::kTrial,
                         AuditKind::kConfirm}));
}

TEST(Updates, SealsTheBeginAndTheEndOfATrialAtOnce) {
  Factory factory;
  Boot boot(factory.flash);
  boot.install(model_image(6, kMachine));
  EXPECT_EQ(boot.record.state().seal, 0U);
  (void)boot.step();
  EXPECT_TRUE(boot.updates->on_trial(ImageType::kModel));
  EXPECT_EQ(boot.record.state().seal, 1U);
  EXPECT_EQ(boot.verify().unsealed, 0U);
  boot.steps(kRule.windows + 2);
  EXPECT_EQ(boot.record.state().seal, 2U);
  const update::AuditReport report = boot.verify();
  EXPECT_TRUE(report.fault == update::AuditFault::kNone);
  EXPECT_EQ(report.entries, 6U);
  EXPECT_EQ(report.unsealed, 0U);
}

TEST(Updates, TellsAtTheStartOfAConfirmationThatAPowerCutKeptFromTheLog) {
  Factory factory;
  {
    Boot boot(factory.flash);
    boot.install(model_image(6, kMachine));
    (void)boot.step();
    EXPECT_TRUE(boot.installer->confirm(ImageType::kModel).ok());  // and the power fails
  }
  for (int i = 0; i < 2; ++i) {  // once
    Boot boot(factory.flash, hal::ResetCause::kPowerOn);
    EXPECT_TRUE(boot.told({AuditKind::kOffer,
                           AuditKind::kVerdict,
                           AuditKind::kVerdict,
                           AuditKind::kInstall,
                           AuditKind::kTrial,
                           AuditKind::kConfirm}));
    EXPECT_EQ(boot.verify().unsealed, 0U);
  }
}

TEST(Updates, SealsARefusedOfferWhenItHasWaited) {
  Factory factory;
  Boot boot(factory.flash);
  const auto size = update::make_offer(firmware(4, 1), offer_memory);
  EXPECT_TRUE(boot.updates->offer(Bytes(offer_memory).first(*size), {boot.now}).fault ==
              update::InstallFault::kOlder);
  (void)boot.step(update::AuditKeeper::kIdle.us - 1);
  EXPECT_EQ(boot.verify().unsealed, 2U);
  EXPECT_EQ(boot.record.state().seal, 0U);
  (void)boot.step(1);
  EXPECT_EQ(boot.verify().unsealed, 0U);
  EXPECT_EQ(boot.record.state().seal, 1U);
}

TEST(Updates, SealsAtTheStartWhatTheLastBootLeft) {
  Factory factory;
  {
    Boot boot(factory.flash);
    boot.install(firmware(6, 1));
    EXPECT_EQ(boot.audit.unsealed(), 4U);
  }
  Boot boot(factory.flash, hal::ResetCause::kPowerOn);
  EXPECT_EQ(boot.audit.unsealed(), 0U);
  EXPECT_EQ(boot.record.state().seal, boot.audit.newest_seal());
}

TEST(Updates, DoesNotAskForAResetThatDidNotHelp) {
  Factory factory;
  Boot boot(factory.flash);
  boot.install(firmware(6, 1));
  EXPECT_TRUE(boot.step() == UpdateStep::kReset);
  // A loader that can not write the record starts what needs no write, and the new one is there
  // already when the device starts.
  device::Updates updates(
      *boot.device, *boot.installer, boot.record, boot.audit, boot.updates_config());
  EXPECT_TRUE(updates.start({boot.now}).ok());
  EXPECT_TRUE(updates.step({boot.now}) == UpdateStep::kGoOn);
}

TEST(Updates, TakesOtherEntriesAndSealsThemInTime) {
  Factory factory;
  Boot boot(factory.flash);
  update::AuditEntry change;
  change.kind = AuditKind::kKeyChange;
  boot.updates->tell(change, {boot.now});
  EXPECT_TRUE(boot.told({AuditKind::kKeyChange}));
  EXPECT_EQ(boot.record.state().seal, 1U);
}

TEST(Updates, SaysAtOnceThatASealIsMissingAndGoesOnAllTheSame) {
  Factory factory;
  Boot boot(factory.flash);
  boot.keys.missing = true;
  boot.install(model_image(6, kMachine));
  EXPECT_EQ(boot.events(EventId::kAuditFailed, 5), 0U);
  (void)boot.step();
  EXPECT_EQ(boot.events(EventId::kAuditFailed, 5), 1U);  // the fifth entry is the trial
  boot.steps(kRule.windows + 2);
  EXPECT_TRUE(boot.slot(ImageType::kModel, 1).state == SlotState::kConfirmed);
  EXPECT_EQ(boot.events(EventId::kAuditFailed, 6), 1U);
  EXPECT_EQ(boot.record.state().seal, 0U);
  boot.keys.missing = false;
  (void)boot.step(update::AuditKeeper::kIdle.us);
  EXPECT_EQ(boot.record.state().seal, 1U);
  EXPECT_EQ(boot.verify().unsealed, 0U);
}

TEST(Updates, SaysAtOnceThatTheFlashDoesNotTakeAnEntry) {
  Factory factory;
  Boot boot(factory.flash);
  std::array<sim::BadSector, 3> bad{{{11}, {12}, {13}}};
  boot.flash.set_bad_sectors(bad);
  const auto size = update::make_offer(firmware(4, 1), offer_memory);
  (void)boot.updates->offer(Bytes(offer_memory).first(*size), {boot.now});
  EXPECT_GE(boot.events(EventId::kAuditFailed, 0), 1U);
  boot.flash.set_bad_sectors({});
}

TEST(Updates, AFirmwareThatDeliversNothingIsGivenUpAtTheDeadline) {
  Factory factory;
  {
    Boot boot(factory.flash);
    boot.install(firmware(6, 1));
  }
  {
    Boot boot(factory.flash);
    boot.sink.silent = true;
    boot.steps(20);
    EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
    EXPECT_TRUE(boot.step(kRule.deadline.us) == UpdateStep::kReset);
    EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).cause == Cause::kNotDelivered);
    EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).told);
    EXPECT_TRUE(boot.step() == UpdateStep::kReset);
    EXPECT_EQ(boot.events(EventId::kReturned, returned(kFirmwareType, Cause::kNotDelivered)), 1U);
  }
  Boot boot(factory.flash);
  EXPECT_EQ(*boot.running[0], 0);
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
}

TEST(Updates, TellsOnceWhatTheLoaderGaveUp) {
  Factory factory;
  {
    Boot boot(factory.flash);
    boot.install(firmware(6, 1));
  }
  { Boot boot(factory.flash); }
  const std::uint32_t value = returned(kFirmwareType, Cause::kWatchdog);
  {
    Boot boot(factory.flash, hal::ResetCause::kWatchdog);
    EXPECT_EQ(boot.events(EventId::kReturned, value), 1U);
    EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).told);
    EXPECT_EQ(boot.audit.next_sequence(), 6U);  // behind an installation: trial, return
    EXPECT_EQ(boot.audit.unsealed(), 0U);
  }
  Boot boot(factory.flash);
  EXPECT_EQ(boot.events(EventId::kReturned, value), 0U);
  EXPECT_EQ(boot.audit.next_sequence(), 6U);
  EXPECT_TRUE(boot.verify().fault == update::AuditFault::kNone);
}

TEST(Updates, AFirmwareThatIsTooSlowToJudgeIsGivenUpAtTheDeadline) {
  Factory factory;
  {
    Boot boot(factory.flash);
    boot.install(firmware(6, 1));
  }
  Boot boot(factory.flash);
  boot.steps(kRule.windows - 1);
  boot.now += kRule.deadline.us;
  EXPECT_TRUE(boot.updates->step({boot.now}) == UpdateStep::kReset);
  EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).cause == Cause::kDeadline);
  EXPECT_EQ(boot.events(EventId::kReturned, returned(kFirmwareType, Cause::kDeadline)), 1U);
}

TEST(Updates, AFirmwareWithoutSamplesIsGivenUpAtTheDeadline) {
  Factory factory;
  {
    Boot boot(factory.flash);
    boot.install(firmware(6, 1));
  }
  Boot boot(factory.flash);
  boot.now += kRule.deadline.us - 1;
  EXPECT_TRUE(boot.updates->step({boot.now}) == UpdateStep::kGoOn);
  boot.now += 1;
  EXPECT_TRUE(boot.updates->step({boot.now}) == UpdateStep::kReset);
  EXPECT_TRUE(boot.slot(ImageType::kFirmware, 1).cause == Cause::kNoSamples);
}

TEST(Updates, ANewModelIsTriedAndConfirmedWithoutAReset) {
  Factory factory;
  Boot boot(factory.flash);
  boot.steps(10);
  boot.install(model_image(6, kMachine));
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
  EXPECT_TRUE(boot.updates->on_trial(ImageType::kModel));
  boot.steps(kRule.windows + 2);
  EXPECT_TRUE(boot.slot(ImageType::kModel, 1).state == SlotState::kConfirmed);
  EXPECT_EQ(boot.events(EventId::kConfirmed, kModelType), 1U);
  EXPECT_EQ(boot.record.state().of(ImageType::kModel).active, 1);
  EXPECT_EQ(boot.device->metrics().gaps, 0U);
}

TEST(Updates, AModelWithAnotherGoldenOutputMakesWayBeforeItDecides) {
  Factory factory;
  Boot boot(factory.flash);
  boot.steps(10);
  const Hash256 before = boot.device->package().hash;
  boot.install(model_image(6, with_wrong_golden()));
  const std::uint64_t windows = boot.device->metrics().windows;
  EXPECT_TRUE(boot.updates->step({boot.now}) == UpdateStep::kGoOn);
  EXPECT_EQ(boot.device->metrics().windows, windows);
  EXPECT_TRUE(boot.device->package().hash == before);
  EXPECT_TRUE(boot.slot(ImageType::kModel, 1).cause == Cause::kGoldenWindow);
  EXPECT_EQ(boot.events(EventId::kReturned, returned(kModelType, Cause::kGoldenWindow)), 1U);
  boot.steps(10);
  EXPECT_FALSE(boot.updates->on_trial(ImageType::kModel));
}

TEST(Updates, AModelThatIsNoPackageIsGivenUpAndTheOneBeforeDecidesOn) {
  Factory factory;
  Boot boot(factory.flash);
  const Hash256 before = boot.device->package().hash;
  boot.install(model_image(6, kMachine.first(kMachine.size() - 4)));
  EXPECT_TRUE(boot.step() == UpdateStep::kGoOn);
  EXPECT_TRUE(boot.slot(ImageType::kModel, 1).cause == Cause::kBadImage);
  EXPECT_TRUE(boot.device->package().hash == before);
  boot.steps(5);
}

/// A new model is on trial, and the one before it can not be started any more.
void lose_both_models(Boot& boot) {
  boot.install(model_image(6, kMachine));
  (void)boot.step();
  EXPECT_TRUE(boot.updates->on_trial(ImageType::kModel));
  flash_bytes[kMap.model[0].offset + 200] ^= std::byte{1};
  EXPECT_TRUE(boot.installer->give_up(ImageType::kModel, Cause::kRequest).ok());
  (void)boot.updates->step({boot.now});
}

TEST(Updates, TheFallbackDecidesWhenNoSlotCanBeStarted) {
  Factory factory;
  Boot boot(factory.flash, hal::ResetCause::kSoftware, kMachine);
  const std::uint32_t changes = boot.changes();
  lose_both_models(boot);
  EXPECT_EQ(boot.changes(), changes + 2);  // to the new model, to the fallback
  EXPECT_EQ(boot.events(EventId::kUpdateFailed, kModelType), 0U);
  boot.steps(5);
  // Its place is not taken again at every step, and no slot counts as running.
  EXPECT_EQ(boot.changes(), changes + 2);
  boot.install(model_image(7, kMachine));
  (void)boot.step();
  EXPECT_TRUE(boot.updates->on_trial(ImageType::kModel));
  boot.steps(kRule.windows + 2);
  EXPECT_EQ(boot.events(EventId::kConfirmed, kModelType), 1U);
}

TEST(Updates, WithoutAFallbackTheLastModelDecidesOnAndItIsSaid) {
  Factory factory;
  Boot boot(factory.flash);
  const std::uint32_t changes = boot.changes();
  lose_both_models(boot);
  EXPECT_EQ(boot.changes(), changes + 1);
  EXPECT_EQ(boot.events(EventId::kUpdateFailed, kModelType), 1U);
  boot.steps(5);
  EXPECT_EQ(boot.events(EventId::kUpdateFailed, kModelType), 1U);
}

TEST(Updates, AFallbackThatIsNoPackageIsSaid) {
  Factory factory;
  Boot boot(factory.flash, hal::ResetCause::kSoftware, kMachine.first(kMachine.size() - 4));
  lose_both_models(boot);
  EXPECT_EQ(boot.events(EventId::kUpdateFailed, kModelType), 1U);
  boot.steps(5);
}

TEST(Updates, AModelThatIsGivenUpByRequestMakesWay) {
  Factory factory;
  Boot boot(factory.flash);
  boot.install(model_image(6, kMachine));
  (void)boot.step();
  ASSERT_TRUE(boot.installer->give_up(ImageType::kModel, Cause::kRequest).ok());
  (void)boot.step();
  EXPECT_FALSE(boot.updates->on_trial(ImageType::kModel));
  EXPECT_EQ(boot.events(EventId::kReturned, returned(kModelType, Cause::kRequest)), 1U);
  // The slot that ran is free again.
  boot.install(model_image(7, kMachine));
}

TEST(Updates, AConfirmationThatCanNotBeWrittenIsTriedAgainASecondLater) {
  Factory factory;
  Boot boot(factory.flash);
  boot.install(model_image(6, kMachine));
  boot.steps(kRule.windows - 1);
  boot.flash.cut_at(1, sim::CutKind::kOld, 1);  // what is programmed next fails
  boot.steps(3);
  boot.flash.power_on();
  EXPECT_EQ(boot.events(EventId::kConfirmed, kModelType), 0U);
  EXPECT_GE(boot.events(EventId::kUpdateFailed, kModelType), 1U);
  EXPECT_TRUE(boot.updates->on_trial(ImageType::kModel));
  (void)boot.step(1'000'000);
  boot.steps(3);
  EXPECT_EQ(boot.events(EventId::kConfirmed, kModelType), 1U);
}

TEST(Updates, TellsOnceThatOtherKeysAreTrusted) {
  Factory factory;
  for (int i = 0; i < 2; ++i) {
    Boot boot(factory.flash);
    device::UpdatesConfig config = boot.updates_config();
    config.keys = {&boot.key, 1};
    device::Updates updates(*boot.device, *boot.installer, boot.record, boot.audit, config);
    EXPECT_TRUE(updates.start({0}).ok());
    EXPECT_TRUE(boot.told({AuditKind::kKeyChange}));
    EXPECT_EQ(boot.record.state().seal, 1U);
  }
}

TEST(Updates, RefusesARecordThatTheDeviceHasWrittenPast) {
  Factory factory;
  Boot boot(factory.flash);
  update::BootRecord early;
  ASSERT_TRUE(early.mount(factory.flash, kMap.boot_record).ok());
  Boot next(factory.flash);
  device::Updates updates(*next.device, *next.installer, early, next.audit, next.updates_config());
  EXPECT_EQ(updates.start({0}).error(), Error::kWrongState);
}

}  // namespace
}  // namespace aiot::device_test
