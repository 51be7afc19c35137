namespace Rekey.Offboarding;

/// <summary>What the directory says of a person now.</summary>
public enum PersonStanding
{
    Enabled,
    Disabled,

    /// <summary>Soft-deleted: found among the deleted items.</summary>
    Deleted,

    /// <summary>Neither a user nor a deleted item: never there, or purged.</summary>
    Unknown,
}

/// <summary>Reads people in Entra ID (Microsoft Graph <c>/users/{id}</c>, on 404 <c>/directory/deletedItems/{id}</c>).</summary>
public interface IDirectory
{
    /// <exception cref="RetryLaterException">Graph cannot be reached or throttles.</exception>
    /// <exception cref="CannotContinueException">Graph refuses: reason <c>graph-forbidden</c> or <c>graph-bad-request</c>.</exception>
    Task<PersonStanding> ReadAsync(Guid personId, CancellationToken cancel);
}
