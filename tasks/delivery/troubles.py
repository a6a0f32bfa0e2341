"""What goes wrong on the way out, in words for whoever has to mend it. Pure."""

from models.locale import mark

OUR_FAULT = mark("An error of ours during the call ({detail}); nobody knows whether it went out. Look at the channel.")
NOT_OPENED = mark(
    "The channel could not be opened because of an error of ours ({detail}). Check its settings (otdel doctor), then"
    " restore the publication."
)
NOT_PLANNED = mark(
    "The channel could not make its calls out of this version because of an error of ours. Change the text or the"
    " pictures, adapt again (A7), or publish it by hand."
)
HALF_OUT = mark("{reason} Attention: {out} of {total} parts are already on the channel.")
NO_TIME_LEFT = mark("There was no time left for the call. It will be tried again.")
