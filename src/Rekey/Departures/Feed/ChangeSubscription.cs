namespace Rekey.Departures.Feed;

/// <summary>A change subscription as Graph shows it.</summary>
/// <param name="Resource">Such as <c>users</c>.</param>
/// <param name="NotificationUrl">Where Graph sends the changes.</param>
/// <param name="EndsAt">When it ends unless it is renewed.</param>
public sealed record ChangeSubscription(Guid Id, string Resource, string? NotificationUrl, DateTimeOffset EndsAt)
{
    /// <summary>The resource of all accounts.</summary>
    public const string Users = "users";

    /// <summary>Whether it is about all accounts. Graph may show a slash before the resource.</summary>
    public bool IsOfUsers => string.Equals(Resource.Trim('/'), Users, StringComparison.OrdinalIgnoreCase);
}
