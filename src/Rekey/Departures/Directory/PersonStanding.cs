namespace Rekey.Departures.Directory;

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
