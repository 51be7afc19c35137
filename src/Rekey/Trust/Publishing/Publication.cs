using System.Runtime.ExceptionServices;
using Rekey.Core;
using Rekey.Trust.Lists;

namespace Rekey.Trust.Publishing;

/// <summary>What is published now, and what is missing from it because its vault did not give the public key.</summary>
public sealed record Publication(TrustList List, IReadOnlyList<UnreadVersion> Unread)
{
    /// <summary>For callers whose work is the whole list: the first thing that could not be read is their failure.</summary>
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

    /// <summary>For callers who need one version out there. Another key's vault is not their concern.</summary>
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
