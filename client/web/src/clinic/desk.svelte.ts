// What of the page is open.
class Desk {
  report = $state(''); // study whose report is open
  expanded = $state(''); // study whose progress is open
  help_open = $state(false);
  sound = $state(false);
}

export const desk = new Desk();
