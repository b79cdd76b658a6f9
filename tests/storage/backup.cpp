#include "storage/backup.h"

#include "storage/pin.h"
#include "storage/reader.h"
#include "tests/storage/fault_vfs.h"
#include "tests/storage/proved_night.h"

#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace fs = std::filesystem;

namespace {

struct keeping : proved_night {
  fs::path out = folder / "kept.db";
  // All but what SQLite keeps beside a database that is read.
  int files() const {
    int count = 0;
    for (const auto& file : fs::directory_iterator(database.parent_path()))
      count += file.path().filename() != "night.db-wal" && file.path().filename() != "night.db-shm";
    return count;
  }
  verification copy(const backup_options& o = {}) {
    auto done = backup(database, out, o);
    REQUIRE_MESSAGE(done.has_value(), done.error().message());
    return *done;
  }
};

mode_t mode_of(const fs::path& file) {
  struct stat about {};
  REQUIRE(::stat(file.c_str(), &about) == 0);
  return about.st_mode & 0777;
}

} // namespace

TEST_CASE_FIXTURE(keeping, "a backup is whole, verified, and has its keys beside it for its owner alone") {
  const auto made = copy();
  CHECK_FALSE(made.wrong.has_value());
  CHECK(made.what.records == 6);
  CHECK(mode_of(out.string() + ".key") == 0600);
  CHECK(mode_of(out.string() + ".signing") == 0600);
  CHECK(fs::exists(out.string() + ".head"));
  for (const char* end : {".part", "-wal", "-shm", ".part-wal"})
    CHECK_FALSE(fs::exists(out.string() + end));
  CHECK(verify_database(out, {}).value().what.root == verified().what.root);
}

TEST_CASE_FIXTURE(keeping, "without keys none is copied") {
  backup_options o;
  o.keys = false;
  copy(o);
  CHECK_FALSE(fs::exists(out.string() + ".key"));
  CHECK_FALSE(fs::exists(out.string() + ".signing"));
}

TEST_CASE_FIXTURE(keeping, "a backup is of one moment although the gateway writes on") {
  blocking_store s(database);
  backup_options o;
  std::int64_t ballots = 100, steps = 0;
  o.copying = [&](auto, auto) {
    s.submit(count_of("1002", reza, ++ballots)).value();
    ++steps;
  };
  const auto made = copy(o);
  CHECK(steps > 0);
  CHECK_FALSE(made.wrong.has_value());
  CHECK(made.what.records == 6); // none of those that came while it was made
}

TEST_CASE_FIXTURE(keeping, "a head that is signed while the backup is made is not missed in it") {
  backup_options o;
  o.verifying = [&](auto, auto) {
    {
      blocking_store s(database);
      s.submit(count_of("1002", reza, 64)).value();
    }
    head_signer::open(database).value().sign(9000).value();
  };
  copy(o);
  CHECK_FALSE(verify_database(out, {}).value().wrong.has_value());
  CHECK(head_signer::open(out).has_value());
}

TEST_CASE_FIXTURE(keeping, "a restored backup goes on where it stopped, with the same PINs and key") {
  const auto key = head_signer::open(database).value().key();
  copy();
  const fs::path again = folder / "again.db";
  const auto done = restore(out, again, {});
  REQUIRE_MESSAGE(done.has_value(), done.error().message());
  CHECK_FALSE(done->wrong.has_value());
  CHECK(head_signer::open(again).value().key() == key);
  CHECK(pin_key::open(again).has_value());
  blocking_store s(again);
  CHECK(s.submit(count_of("1002", reza, 64)).value().what == verdict::corrected);
}

TEST_CASE_FIXTURE(keeping, "nothing that is there is overwritten, neither by a backup nor by a restore") {
  copy();
  CHECK(backup(database, out, {}).error() == errc::exists);
  CHECK(restore(out, database, {}).error() == errc::exists);
  const fs::path second = folder / "second.db";
  std::ofstream(second.string() + "-wal") << "somebody's";
  CHECK(restore(out, second, {}).error() == errc::exists);
  CHECK_FALSE(fs::exists(second));
}

TEST_CASE_FIXTURE(keeping, "a backup with a wrong row is not made, one that was damaged is not restored") {
  copy();
  const fs::path again = folder / "again.db";
  {
    sqlite::database db(out.string(), sqlite::mode::read_write);
    db.exec("UPDATE personal SET value = 1 WHERE no = 2");
  }
  const auto before = files();
  const auto refused = restore(out, again, {});
  REQUIRE(refused.has_value());
  REQUIRE(refused->wrong.has_value());
  CHECK(refused->wrong->table == "personal");
  CHECK(files() == before);
  {
    sqlite::database db(database.string(), sqlite::mode::read_write);
    db.exec("UPDATE record SET flagged = 1 - flagged");
  }
  const auto none = backup(database, folder / "second.db", {});
  REQUIRE(none.has_value());
  CHECK(none->wrong.has_value());
  CHECK(files() == before);
}

TEST_CASE_FIXTURE(keeping, "a truncated file, another program's file and no file are told apart, and nothing is made") {
  copy();
  const fs::path again = folder / "again.db";
  CHECK(restore(folder / "none.db", again, {}).error() == errc::no_database);
  fs::resize_file(out, fs::file_size(out) / 2);
  const auto cut = restore(out, again, {});
  CHECK((!cut || cut->wrong.has_value()));
  if (!cut) CHECK(cut.error() == errc::corrupt);
  fs::resize_file(out, 0);
  CHECK_FALSE(restore(out, again, {}).has_value());
  std::ofstream(out, std::ios::trunc) << "a letter, and no database at all";
  CHECK(restore(out, again, {}).error() == errc::corrupt);
  CHECK_FALSE(fs::exists(again));
  CHECK_FALSE(fs::exists(again.string() + ".part"));
}

TEST_CASE_FIXTURE(keeping, "a disk that is full at any step leaves no half backup, and the night goes on") {
  fault_vfs::install();
  backup_options o;
  o.vfs = fault_vfs::name;
  const auto before = files();
  int failures = 0;
  for (int step = 1; step < 400; step += 1 + step / 8) {
    fault_vfs::heal();
    fault_vfs::fail_from(step, fault_vfs::what::full);
    const auto done = backup(database, out, o);
    fault_vfs::heal();
    if (done) break;
    ++failures;
    CHECK(done.error() == errc::disk_full);
    CHECK(files() == before);
  }
  CHECK(failures > 3);
  CHECK_FALSE(verified().wrong.has_value());
}

TEST_CASE_FIXTURE(keeping, "a limit on a file's size is told as a full disk") {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit was{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &was) == 0);
  auto small = was;
  small.rlim_cur = 40'000;
  const auto before = files();
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto done = backup(database, out, {});
  ::setrlimit(RLIMIT_FSIZE, &was);
  CHECK(done.error() == errc::disk_full);
  CHECK(files() == before);
}
