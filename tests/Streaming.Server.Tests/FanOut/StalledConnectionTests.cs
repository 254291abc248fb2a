using System.Collections.Concurrent;
using System.Diagnostics;
using Streaming.Client;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;
using Streaming.Server.FanOut;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.FanOut;

/// <summary>A class on real sockets, one of whose members stops reading. The clock is the test's.</summary>
public sealed partial class StalledConnectionTests : IAsyncLifetime
{
    private const int MaxWaiting = 64 * 1_024;
    private const int Deltas = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServerHost _host = new(("Hub:MaxWaiting", $"{MaxWaiting}")) { Time = new ManualTime() };
    private readonly List<ClassroomClient> _clients = [];
    private readonly List<HeldWebSocket> _sockets = [];
    private Uri _address = null!;
    private int _joined;

    public Task InitializeAsync()
    {
        _address = _host.Listen();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _sockets.ForEach(socket => socket.Abort());
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await _host.DisposeAsync();
    }

    [Fact]
    public async Task AThousandDeltasReachTheOthersInOrderAndTheOneGetsASnapshotWhenItReadsAgain()
    {
        var teacher = await JoinAsync("t", Role.Teacher);
        var ada = await JoinAsync("ada", Role.Student);
        var (ben, held) = await JoinHeldAsync("ben", Role.Student);
        var versions = new ConcurrentQueue<long>();
        ada.Changed += seen => versions.Enqueue(seen.Version);
        var heard = new ConcurrentQueue<string>();
        ben.Said += line => heard.Enqueue(line.Text);
        await teacher.SayAsync("can you hear me?");
        await ada.WaitForAsync(seen => seen.Chat.Count == 1);
        await ben.WaitForAsync(seen => seen.Chat.Count == 1);
        var before = ada.Classroom!.Version;

        held.Hold();
        var (most, took) = await ChurnAsync([teacher, ada]);
        await teacher.SayAsync("and now?");
        await ada.WaitForAsync(seen => seen.Version == before + Deltas && seen.Chat.Count == 2).WaitAsync(Patience);

        Assert.True(took < Patience, $"The class was held up: {took}.");
        Assert.InRange(most, 1, MaxWaiting + 4_096);
        Assert.True(Outboxes.Members.ToSnapshots >= 1);
        Assert.Equal(0, Outboxes.Members.ClosedConnections);
        await Eventually(() => versions.LastOrDefault() == before + Deltas);   // events come on a thread of their own
        Assert.Equal(Enumerable.Range(1, Deltas).Select(i => before + i), versions.Where(version => version > before).Distinct());
        Assert.True(ben.Classroom!.Version < before + Deltas);

        held.Release();
        var known = await ben.WaitForAsync(seen => seen.Version == before + Deltas && seen.Chat.Count == 2).WaitAsync(Patience);
        Assert.Equal(ClassroomClientState.Joined, ben.State);
        Assert.Equal((await teacher.SnapshotAsync()).Seats, known.Seats);
        Assert.Equal(ada.Classroom!.Chat, known.Chat);
        await Eventually(() => heard.SequenceEqual(["can you hear me?", "and now?"]));

        // It is one of them again.
        await ben.SayAsync("yes");
        await ada.WaitForAsync(seen => seen.Chat.Count == 3).WaitAsync(Patience);
        await ben.WaitForAsync(seen => seen.Chat.Count == 3).WaitAsync(Patience);
        await Eventually(() => Outboxes.Waiting == 0);
    }

    [Fact]
    public async Task WhoNeverReadsAgainIsClosedAndHasADroppedDevice()
    {
        var teacher = await JoinAsync("t", Role.Teacher);
        var (_, held) = await JoinHeldAsync("ben", Role.Student, comesBack: false);
        var presence = new ConcurrentQueue<MemberPresence>();
        teacher.Presence += news => Array.ForEach([.. news], presence.Enqueue);
        held.Hold();
        await ChurnAsync([teacher]);
        await Eventually(() => Outboxes.Members.ToSnapshots > 0);
        var open = _host.Get<HubConnections>().Count;

        _host.Time!.Advance(TimeSpan.FromSeconds(24));
        Assert.Equal((0L, open), (Outboxes.Members.ClosedConnections, _host.Get<HubConnections>().Count));
        _host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, Outboxes.Members.ClosedConnections);
        await Eventually(() => _host.Get<HubConnections>().Count == open - 1);
        await Eventually(() => presence.Any(news => news is { Member: "ben", State: PresenceState.Unstable }));
        Assert.Contains(teacher.Classroom!.Seats, seat => seat.Member == "ben");

        _host.Time.Advance(TimeSpan.FromSeconds(16));
        await teacher.WaitForAsync(seen => seen.Seats.All(seat => seat.Member != "ben")).WaitAsync(Patience);
        await Eventually(() => OfBen().Any(entry => entry.Kind == LedgerKind.Left));
        var entries = OfBen();
        Assert.Contains(entries, entry => entry is { Kind: LedgerKind.Dropped, Cause: LedgerCause.ConnectionLost or LedgerCause.TimedOut });
        Assert.Equal(LedgerCause.GraceOver, entries[^1].Cause);
        Assert.DoesNotContain(entries, entry => entry.Cause == LedgerCause.Asked);

        LedgerEntry[] OfBen() => [.. _host.Get<Journal>().Read("math").Where(entry => entry.Member == "ben")];
    }

    [Fact]
    public async Task AnInspectorWhoDoesNotReadIsInNoFigureOfTheSchool()
    {
        var teacher = await JoinAsync("t", Role.Teacher);
        var (_, held) = await JoinHeldAsync("i", Role.Inspector, comesBack: false);
        var before = teacher.Classroom!.Version;
        held.Hold();
        await ChurnAsync([teacher]);
        await teacher.WaitForAsync(seen => seen.Version == before + Deltas).WaitAsync(Patience);
        await Eventually(() => Outboxes.Observers.ToSnapshots > 0);
        Assert.Equal(0, Outboxes.WaitingBytes(ofObservers: false));
        _host.Time!.Advance(TimeSpan.FromSeconds(26));

        Assert.Equal((1L, 0L), (Outboxes.Observers.ClosedConnections, Outboxes.Members.ClosedConnections));
        Assert.Equal(0, Outboxes.Members.ToSnapshots);
        Assert.DoesNotContain(_host.Logs, line => line.Contains("does not drain", StringComparison.Ordinal));
        await Eventually(() => _host.Get<HubConnections>().Count == 1);
    }

    /// <summary>The link broke while much was waiting: nothing of it is kept.</summary>
    [Fact]
    public async Task WhatWaitsForAConnectionGoesWithIt()
    {
        var teacher = await JoinAsync("t", Role.Teacher);
        var (_, held) = await JoinHeldAsync("ben", Role.Student, comesBack: false);
        held.Hold();
        await ChurnAsync([teacher], deltas: 500);   // more than the kernel's buffers take, however it sizes them
        await Eventually(() => Outboxes.Waiting == 1);
        held.Abort();
        await Eventually(() => Outboxes.Waiting == 0);
        await Eventually(() => _host.Get<HubConnections>().Count == 1);
        Assert.Equal(ClassroomClientState.Joined, teacher.State);
    }

    private HubOutboxes Outboxes => _host.Get<HubOutboxes>();

    private async Task<ClassroomClient> JoinAsync(string member, Role role)
    {
        var client = new ClassroomClient(new ClassroomClientOptions { Server = _address, Ticket = _host.Ticket(member, role) });
        _clients.Add(client);
        await client.JoinAsync().WaitAsync(Patience);
        return client;
    }

    private async Task<(ClassroomClient Client, HeldWebSocket Socket)> JoinHeldAsync(string member, Role role, bool comesBack = true, TimeSpan? ticket = null)
    {
        HeldWebSocket? socket = null;
        var client = new ClassroomClient(new ClassroomClientOptions
        {
            Server = _address,
            Ticket = _host.Ticket(member, role, lifetime: ticket),
            OpenWebSocket = async (address, cancellation) =>
            {
                if (socket is not null && !comesBack)
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }

                _sockets.Add(socket = await HeldWebSocket.OpenAsync(address, cancellation));
                return socket;
            },
        });
        _clients.Add(client);
        await client.JoinAsync().WaitAsync(Patience);
        return (client, socket!);
    }

    /// <summary>Somebody comes and goes again and again, with so long a name that buffers fill; as fast as those who read can follow.</summary>
    /// <returns>The most bytes that were seen waiting, and how long it took.</returns>
    private async Task<(long Most, TimeSpan Took)> ChurnAsync(ClassroomClient[] readers, int deltas = Deltas)
    {
        var runner = _host.Get<ClassroomDirectory>().Find("math")!;
        var name = new string('x', 1_500);
        var before = readers[0].Classroom!.Version;
        var most = 0L;
        var since = Stopwatch.StartNew();
        for (var i = 0; i < deltas / 2; i++)
        {
            var caller = new Caller("guest", "d", $"nowhere-{++_joined}");
            Assert.Null((await runner.AskAsync(new Join(new Identity("guest", name, Role.Student, "math"), "d", caller.Connection))).Refusal);
            await runner.DepartAsync(new Leave(caller));
            most = Math.Max(most, Outboxes.WaitingBytes(ofObservers: false) + Outboxes.WaitingBytes(ofObservers: true));
            if (i % 8 == 7 || i == (deltas / 2) - 1)
            {
                await Task.WhenAll(readers.Select(reader => reader.WaitForAsync(seen => seen.Version >= before + (2 * i) + 2))).WaitAsync(Patience);
            }
        }

        return (most, since.Elapsed);
    }

    private static async Task Eventually(Func<bool> condition, TimeSpan? within = null)
    {
        var until = DateTime.UtcNow + (within ?? Patience);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < until, "It did not come to pass.");
            await Task.Delay(10);
        }
    }
}
