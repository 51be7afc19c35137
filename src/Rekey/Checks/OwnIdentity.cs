namespace Rekey.Checks;

/// <summary>The app's identity as its own token for Graph shows it.</summary>
/// <param name="ObjectId">The object id of its service principal.</param>
/// <param name="GraphPermissions">The application permissions that are granted, such as <c>User.Read.All</c>.</param>
public sealed record OwnIdentity(string ObjectId, IReadOnlyCollection<string> GraphPermissions);
