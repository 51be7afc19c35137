namespace Rekey.Departures.Directory;

/// <summary>The state of a person's account in the directory.</summary>
public enum PersonStanding
{
    Enabled,
    Disabled,

    /// <summary>Soft-deleted: found among the deleted items.</summary>
    Deleted,

    /// <summary>Neither a user nor a deleted item: never there, or purged.</summary>
    Unknown,
}
