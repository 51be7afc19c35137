namespace Rekey.Decisions.Answers;

/// <summary>Tells whether a person may act: a person who has left may not, and a person who was only reported needs a second one.</summary>
public interface IActorStanding
{
    /// <summary>True when the directory confirmed that the person has left.</summary>
    Task<bool> IsDepartedAsync(string personId, CancellationToken cancellationToken);

    /// <summary>True while a departure of the person is reported that the directory has not confirmed: a second approver must give the same
    /// answer.</summary>
    Task<bool> IsReportedAsync(string personId, CancellationToken cancellationToken);

    /// <summary>True while a departure of the person is open, confirmed or only reported.</summary>
    async Task<bool> HasOpenDepartureAsync(string personId, CancellationToken cancellationToken) =>
        await IsDepartedAsync(personId, cancellationToken) || await IsReportedAsync(personId, cancellationToken);
}
