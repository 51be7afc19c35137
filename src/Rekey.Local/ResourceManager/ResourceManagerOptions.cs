namespace Rekey.Local.ResourceManager;

/// <summary>The options of a <see cref="ResourceManagerServer"/>.</summary>
public sealed record ResourceManagerOptions
{
    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The number of items on a page. Some 190 were recorded in one page, and no second page.</summary>
    public int PageSize { get; init; } = 200;

    /// <summary>Tells whether a principal is in a group, also through nested groups: group, then member. Only <c>assignedTo()</c> uses
    /// it.</summary>
    public Func<string, string, bool> IsMember { get; init; } = (_, _) => false;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
