// A bind over TLS, and each way in which it can fail, told so that somebody knows what to do.
#include "gateway/smpp/smpp_link.h"

#include "gateway/smpp/codec.h"
#include "gateway/smpp/framer.h"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <thread>
#include <unistd.h>

using namespace tallyline::smpp;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// A CA, a server's certificate for localhost and 127.0.0.1, another for a name that is not asked for, an expired one,
// and a client's.
struct certificates {
  fs::path folder = fs::temp_directory_path() / ("tallyline-tls-" + std::to_string(::getpid()));
  certificates() {
    fs::create_directories(folder);
    run("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=operator -keyout ca.key -out ca.pem "
        "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign");
    sign("server", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days 2");
    sign("other", "subjectAltName=DNS:elsewhere.example", "-days 2");
    sign("client", "subjectAltName=DNS:gateway", "-days 2");
    sign("expired", "subjectAltName=IP:127.0.0.1", "-days -1");
  }
  ~certificates() { fs::remove_all(folder); }
  std::string operator/(const char* name) const { return (folder / name).string(); }

private:
  void run(const std::string& what) const {
    REQUIRE(std::system(("cd " + folder.string() + " && openssl " + what + " 2>log").c_str()) == 0);
  }
  void sign(const std::string& name, const std::string& extension, const std::string& days) const {
    REQUIRE(std::system(("echo " + extension + " > " + (folder / (name + ".ext")).string()).c_str()) == 0);
    run("req -newkey rsa:2048 -nodes -subj /CN=" + name + " -keyout " + name + ".key -out " + name + ".csr");
    run("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -out " + name + ".pem -extfile " +
        name + ".ext " + days);
  }
};

const certificates& files() {
  static const certificates all;
  return all;
}

// An SMSC that speaks TLS and lets everybody bind; blocking, in a thread of its own, for one connection.
class tls_smsc {
public:
  tls_smsc(const std::string& name, bool asks_for_certificate)
      : context_(asio::ssl::context::tls_server), acceptor_(io_, {asio::ip::address_v4::loopback(), 0}) {
    context_.use_certificate_chain_file(files() / (name + ".pem").c_str());
    context_.use_private_key_file(files() / (name + ".key").c_str(), asio::ssl::context::pem);
    context_.load_verify_file(files() / "ca.pem");
    if (asks_for_certificate) context_.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    thread_ = std::thread([this] { serve(); });
  }
  ~tls_smsc() {
    asio::io_context io;
    asio::ip::tcp::socket wake(io); // it may never have been called
    boost::system::error_code ignored;
    wake.connect({asio::ip::address_v4::loopback(), port()}, ignored);
    wake.close(ignored);
    thread_.join();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
  void serve() {
    boost::system::error_code failed;
    asio::ssl::stream<asio::ip::tcp::socket> peer(io_, context_);
    acceptor_.accept(peer.lowest_layer(), failed);
    const auto port_kept = acceptor_.local_endpoint();
    (void)port_kept;
    peer.handshake(asio::ssl::stream_base::server, failed);
    framer frames;
    while (!failed) {
      const auto room = frames.room();
      const auto octets = peer.read_some(asio::buffer(room.data(), room.size()), failed);
      if (failed) break;
      frames.filled(octets);
      std::span<const std::uint8_t> pdu;
      while (frames.next(pdu) == framer::verdict::pdu) {
        const auto h = read_header(pdu);
        buffer answer;
        if (h.id == command::bind_transceiver)
          append_bind_response(answer, command::bind_transceiver_resp, h.sequence, status::ok, "SMSC");
        if (h.id == command::unbind) append_header_only(answer, command::unbind_resp, h.sequence);
        if (!answer.empty()) asio::write(peer, asio::buffer(answer), failed);
      }
    }
  }

  asio::io_context io_;
  asio::ssl::context context_;
  asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

tls_settings trusting() {
  tls_settings t;
  t.on = true;
  t.ca = files() / "ca.pem";
  return t;
}

// "+" when it bound, else the first reason why it did not.
std::string outcome(std::uint16_t port, const tls_settings& t, const std::string& host = "127.0.0.1") {
  asio::io_context io{1};
  link_settings s;
  s.host = host;
  s.port = port;
  s.tls = t;
  std::string told;
  smpp_link::handlers on;
  on.state = [&](bool bound, const std::string& why) {
    if (told.empty()) told = bound ? "+" : why;
  };
  smpp_link link(io, s, on);
  link.start();
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (told.empty() && std::chrono::steady_clock::now() < limit)
    io.run_one_for(std::chrono::milliseconds(50));
  if (told == "+") { // TLS 1.3: a refusal of our certificate comes after our side is through
    bool stopped = false;
    link.stop([&] { stopped = true; });
    while (!stopped && std::chrono::steady_clock::now() < limit)
      io.run_one_for(std::chrono::milliseconds(50));
  }
  return told;
}

bool says(const std::string& told, std::string_view part) { return told.find(part) != std::string::npos; }

} // namespace

TEST_CASE("ABindOverTlsIsABind") {
  const tls_smsc smsc("server", false);
  CHECK(outcome(smsc.port(), trusting()) == "+");
}

TEST_CASE("ABindWithACertificateOfOursIsABind") {
  const tls_smsc smsc("server", true);
  auto t = trusting();
  t.certificate = files() / "client.pem";
  t.key = files() / "client.key";
  CHECK(outcome(smsc.port(), t) == "+");
}

TEST_CASE("AnUntrustedCertificateIsRefusedWithWhatToDo") {
  const tls_smsc smsc("server", false);
  tls_settings t;
  t.on = true;
  const auto told = outcome(smsc.port(), t);
  CHECK_MESSAGE(says(told, "is not trusted"), told);
  CHECK_MESSAGE(says(told, "tls.ca"), told);
}

TEST_CASE("ACertificateForAnotherNameIsRefused") {
  const tls_smsc smsc("other", false);
  const auto told = outcome(smsc.port(), trusting());
  CHECK_MESSAGE(says(told, "another name"), told);
}

TEST_CASE("TheNameThatIsSetIsTheNameThatIsChecked") {
  const tls_smsc smsc("other", false);
  auto t = trusting();
  t.name = "elsewhere.example";
  CHECK(outcome(smsc.port(), t) == "+");
}

TEST_CASE("AnExpiredCertificateIsRefused") {
  const tls_smsc smsc("expired", false);
  const auto told = outcome(smsc.port(), trusting());
  CHECK_MESSAGE(says(told, "has expired"), told);
}

TEST_CASE("AnSmscThatWantsOurCertificateSaysSo") {
  const tls_smsc smsc("server", true);
  const auto told = outcome(smsc.port(), trusting());
  CHECK_MESSAGE((says(told, "tls.certificate") || says(told, "certificate required")), told);
}

TEST_CASE("APortWithoutTlsIsToldAsSuch") {
  asio::io_context io;
  asio::ip::tcp::acceptor plain(io, {asio::ip::address_v4::loopback(), 0});
  std::thread other([&] {
    boost::system::error_code failed;
    auto s = plain.accept(failed);
    buffer b;
    append_header_only(b, command::generic_nack, 0, status::invalid_command_length);
    asio::write(s, asio::buffer(b), failed);
    std::array<char, 600> sink;
    s.read_some(asio::buffer(sink), failed);
  });
  const auto told = outcome(plain.local_endpoint().port(), trusting());
  other.join();
  CHECK_MESSAGE(says(told, "speak TLS on this port"), told);
}

TEST_CASE("AFileThatCannotBeUsedIsNamed") {
  asio::io_context io;
  link_settings s;
  s.tls = trusting();
  s.tls.ca = "/nowhere/ca.pem";
  CHECK_THROWS_WITH_AS(smpp_link(io, s, {}), doctest::Contains("/nowhere/ca.pem"), std::runtime_error);
  s.tls = trusting();
  s.tls.certificate = files() / "client.pem";
  CHECK_THROWS_WITH_AS(smpp_link(io, s, {}), doctest::Contains("belong together"), std::runtime_error);
  s.tls.key = files() / "server.key";
  CHECK_THROWS_WITH_AS(smpp_link(io, s, {}), doctest::Contains("server.key"), std::runtime_error);
}
