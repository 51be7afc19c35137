using Rekey.Cli.Output.Items;

namespace Rekey.Cli.Commands.Operators;

/// <summary>A collection of the API: its path, its columns in a list, and its filters.</summary>
internal sealed record ApiResource
{
    /// <summary>The command and the path, such as <c>findings</c>.</summary>
    public required string Group { get; init; }

    /// <summary>The path of the list; by default that of the group.</summary>
    public string Path
    {
        get => field ?? Group;
        init;
    }

    /// <summary>What the list shows, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The columns of the list; the first one is the id.</summary>
    public required IReadOnlyList<ItemColumn> Columns { get; init; }

    /// <summary>Options of the list that become query parameters of the same name.</summary>
    public IReadOnlyList<(string Name, string Description)> Filters { get; init; } = [];

    /// <summary>Whether <c>GET {group}/{id}</c> gives one item.</summary>
    public bool HasItems { get; init; } = true;

    /// <summary>The member of one item that is a list with pages of its own; null for none.</summary>
    public string? Inner { get; init; }

    /// <summary>Names that the list may have in an answer, other than <c>items</c> and the group.</summary>
    public IReadOnlyCollection<string> OtherMembers { get; init; } = [];

    /// <summary>Every name that the list may have in an answer.</summary>
    public IReadOnlyCollection<string> Members => ["items", Group, .. OtherMembers];
}
