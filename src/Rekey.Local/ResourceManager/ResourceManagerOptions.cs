namespace Rekey.Local.ResourceManager;

/// <summary>What a <see cref="ResourceManagerServer"/> is started with.</summary>
public sealed record ResourceManagerOptions
{
    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; }

    /// <summary>How many items a list gives at once. Some 190 were recorded in one page, and no second page.</summary>
    public int PageSize { get; init; } = 200;

    /// <summary>Tells whether a principal is in a group, also through nested groups: group, then member. Only <c>assignedTo()</c> uses
    /// it.</summary>
    public Func<string, string, bool> IsMember { get; init; } = (_, _) => false;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
