using System.Runtime.ExceptionServices;
using Rekey.Core;
using Rekey.Trust.Lists;

namespace Rekey.Trust.Publishing;

/// <summary>The published list, and the versions missing from it because their vault did not give the public key.</summary>
public sealed record Publication(TrustList List, IReadOnlyList<UnreadVersion> Unread)
{
    /// <summary>Throws the first version that could not be read, for callers that need the whole list.</summary>
    /// <exception cref="RetryLaterException">A vault cannot be reached or throttles.</exception>
    /// <exception cref="CannotContinueException">A vault refuses.</exception>
    public Publication Whole()
    {
        if (Unread is [var first, ..])
        {
            ExceptionDispatchInfo.Throw(first.Why);
        }

        return this;
    }

    /// <summary>Throws if this version could not be read, for callers that need one version. They ignore other keys' vaults.</summary>
    /// <exception cref="RetryLaterException">This version's vault cannot be reached or throttles.</exception>
    /// <exception cref="CannotContinueException">This version's vault refuses.</exception>
    public Publication With(SigningKey key, string? version)
    {
        if (Unread.FirstOrDefault(u => u.KeyId == key.Id && u.Version == version) is { } unread)
        {
            ExceptionDispatchInfo.Throw(unread.Why);
        }

        return this;
    }
}
