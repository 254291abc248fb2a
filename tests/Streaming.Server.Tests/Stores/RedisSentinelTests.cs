using Streaming.Server.Stores;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Server.Tests.Stores;

/// <summary>A master with a replica behind three sentinels, all with TLS and a password.</summary>
[Collection(RedisCollection.Name)]
public sealed class RedisSentinelTests(RedisSentinelTests.Rig rig) : ClassStoreContract, IClassFixture<RedisSentinelTests.Rig>
{
    private protected override IClassStore Store => rig.Node.Store;

    [Theory]
    [InlineData("another", "not-a-secret", "the sentinels know no service of that name (Redis:SentinelService).")]
    [InlineData(RedisSentinels.Service, "wrong", "the sentinels refuse the password, or want one (Redis:Password).")]
    [InlineData(RedisSentinels.Service, null, "the sentinels refuse the password, or want one (Redis:Password).")]
    public async Task WhatTheSentinelsDoNotLikeIsSaid(string service, string? password, string problem)
    {
        await using var node = rig.Connect(service, password);
        await node.AwayAsync(problem);
    }

    private protected override Task PassAsync(TimeSpan time) => Task.Delay(time);

    public sealed class Rig : IAsyncLifetime
    {
        private readonly TestAuthority _authority = new();

        internal RedisSentinels Sentinels { get; private set; } = null!;

        internal LinkedStore Node { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Sentinels = await RedisSentinels.StartAsync(authority: _authority);
            Node = Connect(RedisSentinels.Service, "not-a-secret");
            await Node.WellAsync();
        }

        internal LinkedStore Connect(string service, string? password) => new(new RedisSection
        {
            Endpoints = Sentinels.Endpoints.Split(','), SentinelService = service, Password = password, Tls = true, CaFile = _authority.CertificateFile,
            Timeout = TimeSpan.FromSeconds(10),
        });

        public async Task DisposeAsync()
        {
            await Node.DisposeAsync();
            await Sentinels.DisposeAsync();
            _authority.Dispose();
        }
    }
}
