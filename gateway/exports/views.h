// The columns of each form's view (storage/form_views.h), as the menus in service ask for them.
#pragma once

#include "menus/model.h"
#include "storage/election.h"
#include "storage/form_views.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace tallyline::gateway {

// A for_each over candidates gives a column for each number that a candidate of any contest has (at most 100, then the
// list stays one column); one over choices a column for each. Of two menus with the same form the first counts.
std::vector<storage::form_view> views_of(const std::vector<std::shared_ptr<const menus::script>>& menus,
                                         const storage::election& e);

// Makes the views of the menus in service anew; after a menu has changed. A failure costs nothing but the views: it is
// logged.
void refresh_views(const std::filesystem::path& database);

} // namespace tallyline::gateway
