using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Campaigns;

/// <summary>Counts the uses of related tokens, exactly. Every figure of damage comes from here: in findings, on the command line, and in
/// the truth about sample logs.</summary>
public class DamageCount
{
    private readonly HashSet<string> _tokens = new(StringComparer.Ordinal);
    private readonly HashSet<(string Iss, string Sub)> _subjects = [];
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _networks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _issuers = new(StringComparer.Ordinal);

    /// <summary>Distinct <see cref="PresentedToken.Id"/>s.</summary>
    public int Tokens => _tokens.Count;

    /// <summary>The minimum number of accesses; see <see cref="TokenUse.Accesses"/>.</summary>
    public long Accesses { get; private set; }

    /// <summary>Distinct (<c>iss</c>, <c>sub</c>).</summary>
    public int Subjects => _subjects.Count;

    public int Addresses => _addresses.Count;

    /// <summary>Distinct networks of the addresses; see <see cref="AddressNetwork.Of"/>.</summary>
    public int Networks => _networks.Count;

    /// <summary>Distinct <c>iss</c>.</summary>
    public int Issuers => _issuers.Count;

    /// <summary>The first use; the end of time without any use.</summary>
    public DateTimeOffset FirstSeen { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>The last use; the begin of time without any use.</summary>
    public DateTimeOffset LastSeen { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Adds one use of a token.</summary>
    /// <returns>Whether the token is new.</returns>
    public bool Add(PresentedToken token, TokenUse use)
    {
        Accesses += use.Accesses;
        FirstSeen = use.FirstSeen < FirstSeen ? use.FirstSeen : FirstSeen;
        LastSeen = use.LastSeen > LastSeen ? use.LastSeen : LastSeen;
        _issuers.Add(token.Iss);
        if (token.Sub is { } sub)
        {
            _subjects.Add((token.Iss, sub));
        }

        if (use.Address is { } address && _addresses.Add(address))
        {
            _networks.Add(AddressNetwork.Of(address));
        }

        return _tokens.Add(token.Id);
    }

    /// <summary>Returns the days of exposure: from the first use to the last, or to the end of trust in the key, whichever is later. A
    /// part of a day, or a single use, counts as one day; no use counts as none.</summary>
    /// <param name="trustEndedAt">When trust in the key ended; null if it is still trusted, or if unknown.</param>
    public int DaysExposed(DateTimeOffset? trustEndedAt) =>
        Tokens == 0 ? 0 : Math.Max(1, (int)Math.Ceiling(((trustEndedAt > LastSeen ? trustEndedAt.Value : LastSeen) - FirstSeen).TotalDays));
}
