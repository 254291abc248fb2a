using System.Security.Cryptography;
using Streaming.Server.Access;
using Streaming.Server.Stores;

namespace Streaming.Server.Placement;

/// <summary>Whether the nodes of a city believe each other's tickets: the first of them leaves a fingerprint of its key, the others compare.</summary>
internal sealed class KeyAgreement(IClassStore store, DataDirectory data)
{
    /// <summary>No class can have this id.</summary>
    private const string City = "-city";

    private const string Document = "ticket-key";
    private static readonly byte[] Purpose = "streaming: which ticket key"u8.ToArray();
    private volatile bool _differs;

    /// <summary>Whether this node has another key than the city.</summary>
    public bool Differs => _differs;

    /// <summary>Compares, or is the first.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        // The fingerprint of 256 random bits tells nobody the key.
        var own = Convert.ToHexStringLower(HMACSHA256.HashData(data.TicketKey, Purpose));
        var agreed = await store.DocumentAsync(City, Document, cancellationToken);
        if (agreed is null)
        {
            await store.PutDocumentAsync(City, Document, own, epoch: null, cancellationToken);
        }

        _differs = agreed is not null && agreed != own;
    }
}
