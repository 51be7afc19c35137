namespace Rekey.AspNetCore.Tokens;

/// <summary>The reasons of a gateway's refusals besides those of the trust list's judge.</summary>
internal static class RefusalReasons
{
    /// <summary>The blocklist names the token, its subject or its kid.</summary>
    public const string Blocked = "blocked";

    /// <summary>The gateway has not both lists yet.</summary>
    public const string NoLists = "no-lists";

    /// <summary>The validity of a list has ended, and Rekey cannot be reached.</summary>
    public const string ListsExpired = "lists-expired";

    /// <summary>ASP.NET Core's own reader cannot read a token that the list accepts.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The application refused a token that the lists accept.</summary>
    public const string Application = "application";

    /// <summary>The bearer handler failed.</summary>
    public const string Error = "error";
}
