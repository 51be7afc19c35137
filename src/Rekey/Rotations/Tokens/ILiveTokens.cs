using Rekey.Trust;

namespace Rekey.Rotations.Tokens;

/// <summary>Counts the tokens that are still valid and that a rotation would end.</summary>
public interface ILiveTokens
{
    /// <summary>Counts by the issuer's log, now. It never throws because of a log: then the count is unknown, and says why.</summary>
    /// <param name="versions">The versions that signed them.</param>
    Task<LiveTokenCount> CountAsync(SigningKey key, IReadOnlyList<string> versions, CancellationToken cancellationToken);
}
