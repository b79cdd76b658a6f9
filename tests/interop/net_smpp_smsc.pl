#!/usr/bin/perl
# Perl's Net::SMPP as the operator's SMSC: a pair of binds (receiver and transmitter), one call from dialling to the
# receipt, enquire_link and unbind. Prints what it saw; exits 0 when the receipt came.
use strict;
use warnings;
use Net::SMPP;

my ($port) = @ARGV;
my @answers = ('1', '1234', '1', '120', '45', '8', '1');
$SIG{ALRM} = sub { fail("no receipt within 30 s") };
alarm 30;
sub fail { print STDERR "Net::SMPP: $_[0]\n"; exit 1 }

my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port) or fail("cannot listen: $!");
print "Net::SMPP: listening\n";
$| = 1;
my ($receiver, $transmitter);
while (!$receiver || !$transmitter) {
  my $peer = $listener->accept or fail("accept: $!");
  my $bind = $peer->read_pdu or fail("no bind");
  if ($bind->{cmd} == Net::SMPP::CMD_bind_receiver) {
    $peer->bind_receiver_resp(seq => $bind->{seq}, system_id => 'net-smpp');
    $receiver = $peer;
  } elsif ($bind->{cmd} == Net::SMPP::CMD_bind_transmitter) {
    $peer->bind_transmitter_resp(seq => $bind->{seq}, system_id => 'net-smpp');
    $transmitter = $peer;
  } else {
    fail(sprintf("0x%08x instead of a bind", $bind->{cmd}));
  }
}

my $reference = 0x4711;
sub say_it { # OP TEXT
  my ($op, $text) = @_;
  my $seq = $receiver->deliver_sm(
    async => 1, service_type => 'USSD', source_addr_ton => 1, source_addr_npi => 1, source_addr => '989120000002',
    destination_addr => '', short_message => $text, data_coding => 0x0f, ussd_service_op => pack('C', $op),
    user_message_reference => pack('n', $reference));
  my $answer = $receiver->read_pdu or fail("no answer to deliver_sm");
  fail(sprintf("deliver_sm was answered 0x%08x, status %d", $answer->{cmd}, $answer->{status}))
    unless $answer->{cmd} == Net::SMPP::CMD_deliver_sm_resp && $answer->{status} == 0;
}

say_it(1, '*140#');
while (1) {
  my $page = $transmitter->read_pdu or fail("the transmitter is gone");
  fail(sprintf("0x%08x instead of a page", $page->{cmd})) unless $page->{cmd} == Net::SMPP::CMD_submit_sm;
  $transmitter->submit_sm_resp(seq => $page->{seq}, message_id => 'x');
  my $op = unpack('C', $page->{ussd_service_op});
  fail("another session") unless unpack('n', $page->{user_message_reference}) == $reference;
  if ($op == 17) {
    fail("no receipt: $page->{short_message}") unless $page->{short_message} =~ /Receipt \d/;
    print "Net::SMPP: $page->{short_message}\n";
    last;
  }
  fail("a page with op $op") unless $op == 2;
  fail("more pages than answers: $page->{short_message}") unless @answers;
  say_it(18, shift @answers);
}
for my $bind ($receiver, $transmitter) {
  $bind->enquire_link(async => 1);
  my $answer = $bind->read_pdu or fail("no answer to enquire_link");
  fail("enquire_link was not answered") unless $answer->{cmd} == Net::SMPP::CMD_enquire_link_resp;
  $bind->unbind(async => 1);
  $answer = $bind->read_pdu or fail("no answer to unbind");
  fail("unbind was not answered") unless $answer->{cmd} == Net::SMPP::CMD_unbind_resp;
}
print "Net::SMPP: receiver and transmitter, enquired and unbound\n";
exit 0;
