namespace Streaming.Rtc.Net.Tcp;

/// <summary>Counts TCP connections against <see cref="TcpLimits"/>, in all and by network. Any thread may ask.</summary>
internal sealed class TcpGate(TcpLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TransportAddress, Counts> _byNetwork = [];
    private Counts _all;

    /// <summary>Connections that are in.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Connections;
            }
        }
    }

    /// <summary>A connection wants in; it has not sent a valid check yet.</summary>
    /// <param name="from">Where it comes from.</param>
    /// <returns>False when there are too many.</returns>
    public bool TryEnter(TransportAddress from)
    {
        lock (_lock)
        {
            var counts = _byNetwork.GetValueOrDefault(from.Network);
            if (_all.Connections >= limits.Connections || _all.Unchecked >= limits.Unchecked
                || counts.Connections >= limits.PerNetwork || counts.Unchecked >= limits.UncheckedPerNetwork)
            {
                return false;
            }

            Add(from, connections: 1, uncheckeds: 1);
            return true;
        }
    }

    /// <summary>A connection that is in has sent its first valid check.</summary>
    public void Checked(TransportAddress from)
    {
        lock (_lock)
        {
            Add(from, connections: 0, uncheckeds: -1);
        }
    }

    /// <summary>A connection that was in is gone.</summary>
    /// <param name="from">Where it came from.</param>
    /// <param name="wasChecked">Whether <see cref="Checked"/> was called for it.</param>
    public void Leave(TransportAddress from, bool wasChecked)
    {
        lock (_lock)
        {
            Add(from, connections: -1, uncheckeds: wasChecked ? 0 : -1);
        }
    }

    private void Add(TransportAddress from, int connections, int uncheckeds)
    {
        _all = _all.Plus(connections, uncheckeds);
        var counts = _byNetwork.GetValueOrDefault(from.Network).Plus(connections, uncheckeds);
        if (counts.Connections == 0)
        {
            _byNetwork.Remove(from.Network);   // or every address that ever called would stay
        }
        else
        {
            _byNetwork[from.Network] = counts;
        }
    }

    private readonly record struct Counts(int Connections, int Unchecked)
    {
        public Counts Plus(int connections, int uncheckeds) => new(Connections + connections, Unchecked + uncheckeds);
    }
}
