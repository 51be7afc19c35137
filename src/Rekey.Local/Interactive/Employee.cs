using Rekey.Local.Graph;

namespace Rekey.Local.Interactive;

/// <summary>An employee of the local company who has not left yet, and who is custodian of a key.</summary>
internal sealed record Employee(string Name, string ObjectId)
{
    private const string Domain = "contoso.example";

    public static Employee Alice { get; } = new("alice", "aaaaaaaa-1111-4111-8222-bbbbbbbbbbbb");

    public static Employee Bob { get; } = new("bob", "bbbbbbbb-1111-4111-8222-bbbbbbbbbbbb");

    public static IReadOnlyList<Employee> All { get; } = [Alice, Bob];

    /// <summary>The person as the directory has them.</summary>
    public GraphUser Account => new(ObjectId, SignInName(Name), char.ToUpperInvariant(Name[0]) + Name[1..]);

    public static string SignInName(string name) => $"{name}@{Domain}";
}
