namespace Rekey.Ledgers.Records;

/// <summary>A record that one process at a time works on. Its lease is a hint.</summary>
public interface ILeased<T> : IHinted<T>
    where T : class
{
    /// <summary>The process that holds the lease; null when none does.</summary>
    string? LeaseOwner { get; }

    /// <summary>When the lease ends, if it is not renewed.</summary>
    DateTimeOffset? LeaseUntil { get; }

    /// <summary>The record with this lease.</summary>
    T WithLease(string? owner, DateTimeOffset? until);
}
