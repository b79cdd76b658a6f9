// The numbers behind +CME ERROR and +CMS ERROR in words.
#include "modem/at_results.h"

#include <algorithm>
#include <array>

namespace tallyline::modem {
namespace {

struct numbered {
  int number;
  std::string_view words;
};

// 3GPP TS 27.007 9.2.1 to 9.2.3
constexpr std::array equipment = std::to_array<numbered>({
    {0, "the phone failed"},
    {1, "no connection to the phone"},
    {2, "the phone's adapter is reserved"},
    {3, "the operation is not allowed"},
    {4, "the operation is not supported"},
    {5, "a PH-SIM PIN is required"},
    {6, "a PH-FSIM PIN is required"},
    {7, "a PH-FSIM PUK is required"},
    {10, "no SIM is inserted"},
    {11, "a SIM PIN is required"},
    {12, "the SIM's PUK is required: three wrong PINs were entered"},
    {13, "the SIM failed"},
    {14, "the SIM is busy"},
    {15, "the SIM is of the wrong kind"},
    {16, "wrong password"},
    {17, "the SIM's PIN2 is required"},
    {18, "the SIM's PUK2 is required"},
    {20, "the memory is full"},
    {21, "there is no such index"},
    {22, "not found"},
    {23, "the memory failed"},
    {24, "the text is too long"},
    {25, "the text has characters that are not allowed"},
    {26, "the dial string is too long"},
    {27, "the dial string has characters that are not allowed"},
    {30, "no network service"},
    {31, "the network did not answer in time"},
    {32, "the network allows emergency calls only"},
    {40, "a network personalisation PIN is required"},
    {41, "a network personalisation PUK is required"},
    {42, "a network subset personalisation PIN is required"},
    {43, "a network subset personalisation PUK is required"},
    {44, "a service provider personalisation PIN is required"},
    {45, "a service provider personalisation PUK is required"},
    {46, "a corporate personalisation PIN is required"},
    {47, "a corporate personalisation PUK is required"},
    {48, "a hidden key is required"},
    {50, "wrong parameters"},
    {100, "unknown error"},
    {103, "the network calls this SIM illegal"},
    {106, "the network calls this phone illegal"},
    {107, "packet services are not allowed"},
    {111, "this network is not allowed"},
    {112, "this location area is not allowed"},
    {113, "roaming is not allowed here"},
    {132, "the service option is not supported"},
    {133, "the service option is not subscribed to"},
    {134, "the service option is out of order for the moment"},
    {148, "unspecified packet error"},
    {149, "authentication of the packet connection failed"},
});

// 3GPP TS 24.011 E-2 (1 to 127), 23.040 9.2.3.22 (128 to 255), 27.005 3.2.5 (from 300)
constexpr std::array network = std::to_array<numbered>({
    {1, "the number is not assigned"},
    {8, "the operator bars this SIM"},
    {10, "calls are barred"},
    {21, "the short message was rejected"},
    {27, "the destination is out of service"},
    {28, "the subscriber is not identified"},
    {29, "the facility was rejected"},
    {30, "the subscriber is unknown"},
    {38, "the network is out of order"},
    {41, "the network failed for the moment"},
    {42, "the network is congested"},
    {47, "resources are unavailable"},
    {50, "the facility is not subscribed to"},
    {69, "the facility is not implemented"},
    {81, "the transfer reference is invalid"},
    {95, "the message is invalid"},
    {96, "an information element is missing or invalid"},
    {97, "the message type is not known"},
    {98, "the message does not fit the protocol's state"},
    {99, "an information element is not known"},
    {111, "protocol error"},
    {127, "interworking error"},
    {128, "telematic interworking is not supported"},
    {129, "short messages of this type are not supported"},
    {130, "the short message cannot be replaced"},
    {143, "the protocol identifier is wrong"},
    {144, "the data coding scheme is not supported"},
    {145, "the message class is not supported"},
    {159, "the data coding scheme is wrong"},
    {160, "the command cannot be acted on"},
    {161, "the command is not supported"},
    {175, "the command is wrong"},
    {176, "the message is not supported"},
    {192, "the service centre is busy"},
    {193, "the service centre has no subscription"},
    {194, "the service centre's system failed"},
    {195, "the destination's address is invalid"},
    {196, "the destination is barred"},
    {197, "a duplicate was rejected"},
    {198, "the validity period is not supported"},
    {199, "the validity period's format is not supported"},
    {208, "the SIM's memory is full"},
    {209, "the SIM cannot store messages"},
    {210, "the SIM failed"},
    {211, "the phone's memory is full"},
    {212, "the SIM's application is busy"},
    {213, "the SIM's data could not be downloaded"},
    {255, "unspecified error"},
    {300, "the phone failed"},
    {301, "the phone's message service is reserved"},
    {302, "the operation is not allowed"},
    {303, "the operation is not supported"},
    {304, "a parameter in PDU mode is wrong"},
    {305, "a parameter in text mode is wrong"},
    {310, "no SIM is inserted"},
    {311, "a SIM PIN is required"},
    {312, "a PH-SIM PIN is required"},
    {313, "the SIM failed"},
    {314, "the SIM is busy"},
    {315, "the SIM is of the wrong kind"},
    {316, "the SIM's PUK is required"},
    {317, "the SIM's PIN2 is required"},
    {318, "the SIM's PUK2 is required"},
    {320, "the memory failed"},
    {321, "there is no message with this index"},
    {322, "the memory is full"},
    {330, "the service centre's number is not known: set it with AT+CSCA"},
    {331, "no network service"},
    {332, "the network did not answer in time"},
    {340, "no acknowledgement was expected"},
    {500, "unknown error"},
});

template <class All> std::string_view words_for(const All& all, int number) {
  const auto found =
      std::lower_bound(all.begin(), all.end(), number, [](const numbered& n, int v) { return n.number < v; });
  return found != all.end() && found->number == number ? found->words : std::string_view{};
}

} // namespace

std::string_view equipment_error(int number) noexcept { return words_for(equipment, number); }
std::string_view network_error(int number) noexcept { return words_for(network, number); }

} // namespace tallyline::modem
