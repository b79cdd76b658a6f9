// A disk that fails when it is told to: an SQLite VFS over the system's own, registered under the name "fault".
//
// One for the process, any thread. Only what goes through xWrite, xSync, xTruncate and xDelete counts as a step and can
// fail; the shared-memory index is made anew after a crash anyhow.
#pragma once

#include <cstdint>
#include <string>

namespace tallyline::storage::test::fault_vfs {

inline constexpr const char* name = "fault";
void install(); // may be called again

enum class what : std::uint8_t { write, full, sync };

void heal();                        // nothing fails; the steps are counted from zero; nothing is remembered as unsynced
void fail_from(int step, what how); // the steps from this one on fail in this way, until healed
void fail_once(int step, what how);
// From this step on the process is as good as dead: nothing reaches the disk any more.
void freeze_from(int step);
// Takes back every write since the last sync of its file, as a power cut may. Call after everything is closed.
void lose_unsynced();
int steps();

} // namespace tallyline::storage::test::fault_vfs
